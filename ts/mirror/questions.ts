import type { Runtime } from './runtime';
import { ASK_AFTER_MS, Vigil } from './vigil';

/** What the mirror knew when it asked. */
export interface Question {
  /** The question's own number, which its answer repeats. */
  readonly number: number;
  /** How far the order was known: the answer holds at least that much of it. */
  readonly reach: number;
  /** The number of the last write sent before: what the answer does not settle of these never will be. */
  readonly lastSent: number;
  /** An own event had come back without a position, so the answer tells what kind of peer it is. */
  readonly inDoubt: boolean;
}

/** Rather than at once, a further question is asked this many ms after an answer: that may come twice. */
const SETTLE_MS = 250;
/** Changes that an answer has overtaken are no reason to ask again within this many ms of it. */
const CALM_MS = 1000;
/** Most questions without an answer that are remembered. */
const MAX_OPEN = 16;
/** After how many ms without any synchronizer the developer is told. */
const WARN_AFTER_MS = 5000;

/** What {@link Questions} needs of its mirror. */
export interface Asker {
  readonly runtime: Runtime;
  /** Opens and sends a question. Returns whether the transport took it. */
  send(): boolean;
  /** Whether anything but a question waits. */
  isWaiting(): boolean;
  /** Whether something other than a question has waited for so many ms. */
  isOverdue(ms: number): boolean;
  /** Looks after what waits. */
  look(): void;
}

/** When the mirror asks for the state of its scope: to join, and when it cannot know otherwise what holds. */
export class Questions {
  readonly #asker: Asker;
  readonly #vigil: Vigil;
  readonly #startedAt: number;
  /** Oldest first. */
  #open: Question[] = [];
  #planned: (() => void) | undefined;
  #answeredAt: number | undefined;
  #warned = false;
  #closed = false;

  constructor(asker: Asker) {
    this.#asker = asker;
    this.#startedAt = asker.runtime.now();
    this.#vigil = new Vigil(asker.runtime, () => this.#look());
  }

  /** Whether a question has no answer yet. */
  get isOpen(): boolean {
    return this.#open.length > 0;
  }

  /** A question is being asked. */
  open(question: Question): void {
    this.#open.push(question);
    if (this.#open.length > MAX_OPEN) this.#open.shift();
  }

  /**
   * The question that an answer with this number is for; without a number the oldest, because answers come in the
   * order of their questions. Undefined for an answer that came before.
   */
  find(number: number | undefined): Question | undefined {
    return number === undefined
      ? this.#open[0]
      : this.#open.find((question) => question.number === number);
  }

  /** Whether the question with this number has no answer yet. */
  isOpenFor(number: number | undefined): boolean {
    return this.#open.some((question) => question.number === number);
  }

  /** Asks now. Not while an event is taken, or a write sent: the question would overtake it. */
  ask(): void {
    this.#vigil.asked();
    this.#asker.send();
    this.attend();
  }

  /** Asks when what is going on has ended; once, however often it is called. */
  askSoon(): void {
    if (this.#planned !== undefined || this.#closed) return;
    const { runtime } = this.#asker;
    const since = this.#answeredAt === undefined ? SETTLE_MS : runtime.now() - this.#answeredAt;
    this.#planned = runtime.after(Math.max(0, SETTLE_MS - since), () => {
      this.#planned = undefined;
      this.ask();
    });
  }

  /** The reason to ask soon is gone. */
  cancel(): void {
    this.#planned?.();
    this.#planned = undefined;
  }

  /** Asks soon, unless an answer came a moment ago. */
  askIfCalm(): void {
    if (this.isOpen || this.#answeredAt === undefined) return;
    if (this.#asker.runtime.now() - this.#answeredAt >= CALM_MS) this.askSoon();
  }

  /** A question was answered; those before it will not be any more. Without one, the state was meant for all. */
  answered(question: Question | undefined): void {
    if (question !== undefined) {
      this.#open = this.#open.filter(({ number }) => number > question.number);
    }
    this.#answeredAt = this.#asker.runtime.now();
    this.#vigil.answered();
  }

  /** Something changed: keeps the one timer as long as something waits, and no longer. */
  attend(): void {
    const waiting = this.isOpen || this.#asker.isWaiting();
    this.#vigil.keep(waiting && !this.#closed);
  }

  /** Asks no more. */
  close(): void {
    this.#closed = true;
    this.cancel();
    this.#vigil.keep(false);
  }

  #look(): void {
    this.#asker.look();
    if (this.#answeredAt === undefined) this.#warnIfAlone();
    const overdue = this.isOpen || this.#asker.isOverdue(ASK_AFTER_MS);
    if (overdue && this.#vigil.mayAsk) this.ask();
    this.attend();
  }

  #warnIfAlone(): void {
    const { runtime } = this.#asker;
    if (this.#warned || runtime.now() - this.#startedAt < WARN_AFTER_MS) return;
    this.#warned = true;
    runtime.warn(
      'PSC_NO_SYNCHRONIZER',
      'No synchronizer has answered so far: what this process caches is not shared yet. Create one, with ' +
        '`createPSCSynchronizer` or its siblings, in the process that the others connect to.',
    );
  }
}
