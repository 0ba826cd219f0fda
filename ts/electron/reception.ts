import type { NativeHub } from '../native';
import type { RegionHubUser } from '../node/regionHub';
import { trace } from '../node/trace';
import type { PSCSynchronizerStats } from '../types';
import { CHANNELS, type IpcMain, type IpcMainEvent } from './channels';
import { charge, weightOf } from './costs';
import { readDouble } from './doubles';
import { type Asking, Exchange } from './exchange';
import { callBack } from './leftBehind';
import { type Limits, notAllowed, rateRefusal, refusalOf } from './limits';
import { Parties } from './parties';
import type { Allow, Party } from './party';
import type { Rate } from './rate';
import { type CheckedRequest, readRequest } from './request';
import type { Turns } from './turns';
import { WindowLocks } from './windowLocks';
import { EXPOSE, type ToldText } from './wire';

/** Electron runs preload scripts in these pages, too. */
const DEVELOPER_TOOLS = 'devtools:';

/** Counts of an Electron synchronizer, from its start on; `mirrors` and `waiting` are those of now. */
export interface ElectronPSCSynchronizerStats extends PSCSynchronizerStats {
  /** Mirrors that take part now: adapters in windows whose document is there. */
  readonly mirrors: number;
  /** Events of frames that were gone, or that used another document's mirror id. */
  readonly dropped: number;
  /** Events of windows that sent more than `limits.maxEventsPerSecond`. */
  readonly limited: number;
  /** Events that were received, and wait because their window has sent many at once. */
  readonly waiting: number;
}

/** What {@link Reception} is made of. */
export interface ReceptionOptions {
  readonly ipcMain: IpcMain;
  readonly limits: Limits;
  readonly allow: Allow | undefined;
  /** The name under which the shipped preload script is to expose an adapter. */
  readonly expose: string | undefined;
}

/** What somebody said, and nobody has looked at. */
interface Said {
  readonly args: readonly unknown[];
  readonly rate: Rate;
  readonly turns: Turns;
  readonly party: Party | undefined;
  readonly isDouble: boolean;
  /** It is one too many, and the first of those. */
  readonly isTooMuch: boolean;
}

/** An event that may be taken. */
interface Came extends Said, Asking {
  readonly party: Party;
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
  private readonly locks = new WindowLocks(() => this.parties);
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
      onEnd: this.locks.forget,
    });
    ipcMain.on(CHANNELS.toMain, this.onEvent);
    ipcMain.on(CHANNELS.question, this.onQuestion);
  }

  stats(): ElectronPSCSynchronizerStats {
    const { mirrors, everybody } = this.parties;
    return { ...this.counts, mirrors, waiting: everybody.waiting };
  }

  onHub(hub: NativeHub): void {
    this.hub = hub;
    this.locks.onHub(hub);
    const { limits } = this.options;
    if (this.exchange !== undefined) {
      this.exchange.replaceHub(hub);
      return;
    }
    this.exchange = new Exchange(hub, this.parties, limits.maxBytes, this.counts);
    callBack(this.options.ipcMain);
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
    this.locks.close();
  }

  private readonly onEvent = (event: IpcMainEvent, ...args: unknown[]): void => {
    try {
      const said = this.listen(event, args);
      if (said === undefined) return;
      if (args[1] === EXPOSE) {
        event.senderFrame?.send(CHANNELS.toClient, EXPOSE, this.nameFor(event));
      } else {
        said.turns.take(() => this.hear(said));
      }
    } catch (error) {
      this.fail(error);
    }
  };

  /** Whoever asks so waits: something has to be answered, whatever happens. */
  private readonly onQuestion = (event: IpcMainEvent, ...args: unknown[]): void => {
    let answer: string | false | ToldText[] | null = null;
    try {
      if (args[1] === EXPOSE) {
        answer = this.nameFor(event);
      } else {
        const said = this.listen(event, args);
        if (said?.isTooMuch === true) {
          said.turns.take(() => this.hear(said));
        } else if (said !== undefined) {
          const came = this.receive(said);
          if (came?.request.type === 'init') {
            answer = came.exchange.answer(came, this.options.limits.firstBytes);
          } else if (came !== undefined) {
            this.counts.malformed += 1;
          }
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

  /** Under which name the shipped preload script is to expose an adapter there; false for none. */
  private nameFor({ senderFrame }: IpcMainEvent): string | false {
    const isTool = senderFrame?.url.startsWith(DEVELOPER_TOOLS) === true;
    return isTool ? false : (this.options.expose ?? false);
  }

  /** Whose event it is, unless that has said too much. In a flood this is done for each event at once: as little as can be. */
  private listen(event: IpcMainEvent, args: readonly unknown[]): Said | undefined {
    this.counts.received += 1;
    const renderer = this.parties.renderer(event.sender);
    const party = this.parties.party(renderer, event);
    const rate = party?.isEmbedded === false ? renderer.rate : renderer.embeddedRate;
    const { turns } = renderer;
    // Heard more slowly than it speaks: what waits is bounded, too.
    if (turns.waiting >= this.options.limits.maxEventsPerSecond) rate.exhaust();
    const verdict = rate.take(performance.now());
    if (verdict === 'cut') {
      this.counts.limited += 1;
      return undefined;
    }
    rate.spend(weightOf(args));
    const isDouble = !('senderFrame' in event);
    return { args, rate, turns, party, isDouble, isTooMuch: verdict === 'first' };
  }

  /** What was said, if it may be said. */
  private receive(said: Said): Came | undefined {
    const { args, rate, turns, party, isDouble, isTooMuch } = said;
    const { counts, exchange } = this;
    const request = isDouble ? readDouble(args[0]) : readRequest(args);
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
      charge(said, 0);
      this.parties.tellOne(party, notAllowed(request));
      return undefined;
    }
    if (!this.parties.claim(party, request.senderID)) {
      counts.dropped += 1;
      return undefined;
    }
    // Written out: to spread `said` took main a sixth of what a whole event takes.
    return { args, rate, turns, party, isDouble, isTooMuch, request, exchange };
  }

  /** Does what was said. */
  private hear(said: Said): void {
    try {
      const came = this.receive(said);
      if (came === undefined) return;
      const refusal = came.isTooMuch ? rateRefusal(this.options.limits) : undefined;
      if (this.locks.take(came.party, came.request, refusal)) return;
      if (came.isTooMuch || came.request.type !== 'init') this.write(came);
      else this.reply(came);
    } catch (error) {
      this.fail(error);
    }
  }

  /** To a question that may have waited, while its asker went, or got more answers than it may have. */
  private reply(came: Came): void {
    const { party, request, exchange, rate } = came;
    if (party.hasEnded) {
      this.counts.dropped += 1;
      return;
    }
    const verdict = rate.answer(performance.now());
    if (verdict === 'cut') this.counts.limited += 1;
    else if (verdict === 'first') this.write({ ...came, isTooMuch: true });
    else if (request.expected !== undefined) exchange.tellKey(came);
    else for (const told of exchange.answer(came)) this.parties.tellOne(party, told);
  }

  private may(party: Party, { scope, type }: CheckedRequest): boolean {
    try {
      return party.may(scope, type === 'unlock' ? 'lock' : type);
    } catch (error) {
      this.fail(error);
      return false;
    }
  }

  private write(came: Came): void {
    const { isTooMuch, args, turns, request, exchange } = came;
    turns.spend(weightOf(args));
    if (isTooMuch) this.counts.limited += 1;
    const { limits } = this.options;
    const refusal = isTooMuch ? rateRefusal(limits) : refusalOf(request, limits);
    if (refusal !== undefined) {
      exchange.refuse(came, refusal, isTooMuch);
      this.tell();
    } else if (!exchange.apply(came, this.locks.requestOf)) {
      this.tell();
    }
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
