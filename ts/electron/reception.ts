import type { NativeHub } from '../native';
import type { RegionHubUser } from '../node/regionHub';
import { trace } from '../node/trace';
import type { PSCSynchronizerStats } from '../types';
import { CHANNELS, type IpcMain, type IpcMainEvent } from './channels';
import { readDouble } from './doubles';
import { Exchange } from './exchange';
import { type Limits, notAllowed, rateRefusal, refusalOf } from './limits';
import { Parties } from './parties';
import type { Allow, Party } from './party';
import type { Rate } from './rate';
import { type CheckedRequest, readRequest } from './request';
import { EXPOSE, type ToldText } from './wire';

/** As many characters, sent or answered, cost a window as much as one event. */
const CHARACTERS_PER_EVENT = 8192;
/** To ask is cheap, to be answered is not: what an answer costs at least, in events. */
const EVENTS_PER_ANSWER = 20;
/** Electron runs preload scripts in these pages, too. */
const DEVELOPER_TOOLS = 'devtools:';

/** Counts of an Electron synchronizer, from its start on; `mirrors` are those of now. */
export interface ElectronPSCSynchronizerStats extends PSCSynchronizerStats {
  /** Mirrors that take part now: adapters in windows whose document is there. */
  readonly mirrors: number;
  /** Events of frames that were gone, or that used another document's mirror id. */
  readonly dropped: number;
  /** Events of windows that sent more than `limits.maxEventsPerSecond`. */
  readonly limited: number;
}

/** What {@link Reception} is made of. */
export interface ReceptionOptions {
  readonly ipcMain: IpcMain;
  readonly limits: Limits;
  readonly allow: Allow | undefined;
  /** The name under which the shipped preload script is to expose an adapter. */
  readonly expose: string | undefined;
}

/** An event that may be taken. */
interface Came {
  readonly rate: Rate;
  readonly party: Party;
  readonly request: CheckedRequest;
  readonly exchange: Exchange;
}

/** Takes what windows send, decides whether they may, and hands it on. Nothing that a window sends makes it throw. */
export class Reception implements RegionHubUser {
  private readonly options: ReceptionOptions;
  private readonly parties: Parties;
  private readonly counts = {
    received: 0,
    applied: 0,
    duplicates: 0,
    rejected: 0,
    answered: 0,
    ignored: 0,
    malformed: 0,
    failures: 0,
    dropped: 0,
    limited: 0,
  };
  private hub: NativeHub | undefined;
  private exchange: Exchange | undefined;
  private telling = false;

  constructor(options: ReceptionOptions) {
    this.options = options;
    const { ipcMain, limits, allow } = options;
    this.parties = new Parties({
      ipcMain,
      allow,
      maxEventsPerSecond: limits.maxEventsPerSecond,
      onGone: (owner) => this.hub?.forgetOwner(owner),
    });
    ipcMain.on(CHANNELS.toMain, this.onEvent);
    ipcMain.on(CHANNELS.question, this.onQuestion);
  }

  stats(): ElectronPSCSynchronizerStats {
    return { ...this.counts, mirrors: this.parties.mirrors };
  }

  onHub(hub: NativeHub): void {
    this.hub = hub;
    const { limits } = this.options;
    if (this.exchange !== undefined) this.exchange.replaceHub(hub);
    else this.exchange = new Exchange(hub, this.parties, limits.maxBytes, this.counts);
  }

  onChange(): boolean {
    return this.exchange?.tell() ?? true;
  }

  close(): void {
    const { ipcMain } = this.options;
    ipcMain.removeListener?.(CHANNELS.toMain, this.onEvent);
    ipcMain.removeListener?.(CHANNELS.question, this.onQuestion);
    this.exchange = undefined;
    this.parties.close();
  }

  private readonly onEvent = (event: IpcMainEvent, ...args: unknown[]): void => {
    try {
      const came = this.receive(event, args);
      if (came === undefined) return;
      if (came.request.type === 'init') {
        for (const told of this.answer(came)) this.parties.tellOne(came.party, told);
      } else {
        this.write(came);
      }
    } catch (error) {
      this.fail(error);
    }
  };

  /** Whoever asks so waits: something has to be answered, whatever happens. */
  private readonly onQuestion = (event: IpcMainEvent, ...args: unknown[]): void => {
    let answer: string | ToldText[] | null = null;
    try {
      if (args[1] === EXPOSE) {
        const isTool = event.senderFrame?.url.startsWith(DEVELOPER_TOOLS) === true;
        if (!isTool) answer = this.options.expose ?? null;
      } else {
        const came = this.receive(event, args);
        if (came?.request.type === 'init') {
          answer = this.answer(came, this.options.limits.firstBytes);
        } else if (came !== undefined) {
          this.counts.malformed += 1;
        }
      }
    } catch (error) {
      this.fail(error);
    }
    try {
      event.returnValue = answer;
    } catch (error) {
      this.fail(error);
    }
  };

  /** Whose event it is and what it says, if it may say that. */
  private receive(event: IpcMainEvent, args: readonly unknown[]): Came | undefined {
    const counts = this.counts;
    const exchange = this.exchange;
    counts.received += 1;
    const renderer = this.parties.renderer(event.sender);
    const party = this.parties.party(renderer, event);
    const rate = party?.isEmbedded === false ? renderer.rate : renderer.embeddedRate;
    const verdict = rate.take(performance.now());
    if (verdict === 'cut') {
      counts.limited += 1;
      return undefined;
    }
    const request = 'senderFrame' in event ? readRequest(args) : readDouble(args[0]);
    if (request === undefined) {
      counts.malformed += 1;
      return undefined;
    }
    // Without a store nothing can be answered; the mirror asks again.
    if (party === undefined || exchange === undefined) {
      counts.dropped += 1;
      return undefined;
    }
    if (!this.may(party, request) || !this.parties.follow(party, request.scope)) {
      counts.rejected += 1;
      rate.spend(EVENTS_PER_ANSWER);
      this.parties.tellOne(party, notAllowed(request));
      return undefined;
    }
    if (!this.parties.claim(party, request.senderID)) {
      counts.dropped += 1;
      return undefined;
    }
    if (verdict === 'first') {
      counts.limited += 1;
      exchange.refuse(party, request, rateRefusal(this.options.limits));
      return undefined;
    }
    return { rate, party, request, exchange };
  }

  private may(party: Party, { scope, type }: CheckedRequest): boolean {
    try {
      return party.may(scope, type);
    } catch (error) {
      this.fail(error);
      return false;
    }
  }

  private write({ rate, party, request, exchange }: Came): void {
    const { key, text } = request;
    rate.spend(Math.floor((key.length + (text?.length ?? 0)) / CHARACTERS_PER_EVENT));
    const refusal = refusalOf(request, this.options.limits);
    if (refusal !== undefined) {
      exchange.refuse(party, request, refusal);
      this.tell();
    } else if (!exchange.apply(party, request)) {
      this.tell();
    }
  }

  private answer({ rate, request, exchange }: Came, maxBytes?: number): ToldText[] {
    const state = exchange.answer(request, maxBytes);
    let characters = 0;
    for (const [, , header, text] of state) characters += header.length + (text?.length ?? 0);
    rate.spend(EVENTS_PER_ANSWER + Math.floor(characters / CHARACTERS_PER_EVENT));
    return state;
  }

  /** Tells what there is to tell, with pauses, so that nothing else in this process has to wait long. */
  private tell(): void {
    if (this.telling || this.onChange()) return;
    this.telling = true;
    setImmediate(() => {
      this.telling = false;
      this.tell();
    });
  }

  private fail(error: unknown): void {
    // What the platform refused. The write is not settled, and its mirror asks what became of it.
    this.counts.failures += 1;
    trace('an event of a window failed: %s', error);
  }
}
