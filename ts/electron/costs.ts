import type { Rate } from './rate';
import type { Turns } from './turns';

/** As many characters, sent or answered, cost a window as much as one event. */
const CHARACTERS_PER_EVENT = 8192;
/** To ask is cheap, to be answered is not: what an answer costs at least, in events. */
const EVENTS_PER_ANSWER = 20;

/** What it costs a window beyond one event that it said something long. */
export function weightOf(args: readonly unknown[]): number {
  return Math.floor((lengthOf(args[5]) + lengthOf(args[6])) / CHARACTERS_PER_EVENT);
}

/** Who pays for what it is answered. */
export interface Payer {
  readonly rate: Rate;
  readonly turns: Turns;
}

/** A short question can have a long answer: the one who asks pays for that. */
export function charge({ rate, turns }: Payer, characters: number): void {
  const events = EVENTS_PER_ANSWER + Math.floor(characters / CHARACTERS_PER_EVENT);
  rate.spend(events);
  turns.spend(events);
}

/**
 * Whether a write may be answered with so many characters: one that is repeated, or refused, is told what the key has
 * instead, which may be much longer. Charges for what is long; who has nothing left has to ask.
 */
export function chargeWrite({ rate, turns }: Payer, characters: number): boolean {
  const events = Math.floor(characters / CHARACTERS_PER_EVENT);
  if (events === 0) return true;
  turns.spend(events);
  if (!rate.hasLeft(performance.now())) return false;
  rate.spend(events);
  return true;
}

function lengthOf(part: unknown): number {
  return typeof part === 'string' ? part.length : 0;
}
