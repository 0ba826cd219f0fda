import type { SharedCacheEvent } from '../types';
import type { Frame } from './channels';
import type { Told } from './wire';

/** Most mirrors of one document: a page cannot fill the main process with ids. */
const MAX_MIRRORS = 10_000;
/** Most scopes of one document of which is remembered what it may do, or that it follows. */
const MAX_SCOPES = 1000;

/** What a window wants to do; the question of the option `allow`. */
export interface ElectronAccess {
  /** The frame that sent it, Electron's `WebFrameMain`. Missing for a test double. */
  readonly frame: Frame | undefined;
  /** The address of the document in it. */
  readonly url: string;
  /** The scope that it names. */
  readonly scope: string | undefined;
  /** `'init'` is to read the scope, from now on; who may not may not write either. */
  readonly type: SharedCacheEvent['type'];
}

/** Says what a window may do. */
export type Allow = (access: ElectronAccess) => boolean;

/** What {@link Party} is made of. */
export interface PartyOptions {
  /** The number of its account, which it shares with others of its renderer. */
  readonly owner: number;
  /** Sends to it. Throws when it is gone. */
  readonly tell: (told: Told) => void;
  /** By default only what the window itself shows may do something: what it embeds may be anybody's. */
  readonly allow: Allow | undefined;
  /** Missing for a test double. */
  readonly frame: Frame | undefined;
  /** Whether it is in a frame or a `<webview>` that a window embeds. */
  readonly isEmbedded: boolean;
}

/** What takes part at the other end: the document in one frame of a window, or a test double. */
export class Party {
  /** The scopes that it follows. */
  readonly scopes = new Set<string | undefined>();
  /** The ids of its mirrors. */
  readonly mirrors = new Set<string>();
  /** It has ended: what it said before is still heard, and takes no place any more. */
  hasEnded = false;
  /** The number of its account, which it shares with others of its renderer. */
  readonly owner: number;
  /** Sends to it. Throws when it is gone. */
  readonly tell: (told: Told) => void;
  /** Whether it is in something that a window embeds. */
  readonly isEmbedded: boolean;
  private readonly allow: Allow | undefined;
  private readonly frame: Frame | undefined;
  private readonly isInside: boolean;
  private readonly processId: number | undefined;
  private readonly routingId: number | undefined;
  private readonly allowed = new Map<string | undefined, Map<string, boolean>>();

  /** Throws when the frame is gone. */
  constructor({ owner, tell, allow, frame, isEmbedded }: PartyOptions) {
    this.owner = owner;
    this.tell = tell;
    this.isEmbedded = isEmbedded;
    this.allow = allow;
    this.frame = frame;
    this.isInside = frame !== undefined && frame.parent !== null;
    this.processId = frame?.processId;
    this.routingId = frame?.routingId;
  }

  /**
   * Whether its frame is gone, or shows a document of another process. Of what a window itself shows, its window tells;
   * that a frame inside it was removed, nobody tells, and to send there prints a warning.
   */
  get isGone(): boolean {
    return this.isInside && !isAt(this.frame, this.processId, this.routingId);
  }

  /** Whether it is a test double. */
  get isDouble(): boolean {
    return this.frame === undefined;
  }

  /**
   * Whether it may do this. Asked once for a document, a scope and a type. Throws what `allow` throws; from then on
   * that means no.
   */
  may(scope: string | undefined, type: SharedCacheEvent['type']): boolean {
    let answers = this.allowed.get(scope);
    if (answers === undefined) {
      if (this.allowed.size >= MAX_SCOPES) this.allowed.clear();
      answers = new Map();
      this.allowed.set(scope, answers);
    }
    if (!this.ask(answers, scope, 'init')) return false;
    return type === 'init' || this.ask(answers, scope, type);
  }

  /** Whether it may have one more mirror. */
  get hasRoom(): boolean {
    return this.mirrors.size < MAX_MIRRORS;
  }

  /** Whether it may follow one more scope. */
  get mayFollow(): boolean {
    return this.scopes.size < MAX_SCOPES;
  }

  private ask(
    answers: Map<string, boolean>,
    scope: string | undefined,
    type: SharedCacheEvent['type'],
  ): boolean {
    let answer = answers.get(type);
    if (answer === undefined) {
      // Should `allow` throw, that was its answer: it is not to be asked for every event.
      answers.set(type, false);
      answer = this.decide(scope, type);
      answers.set(type, answer);
    }
    return answer;
  }

  private decide(scope: string | undefined, type: SharedCacheEvent['type']): boolean {
    if (this.allow === undefined) return !this.isEmbedded;
    const frame = this.frame;
    return this.allow({ frame, url: frame?.url ?? '', scope, type }) === true;
  }
}

/** Whether a frame's document is in this place. Electron throws for whatever is asked of a frame that is gone. */
export function isAt(
  frame: Frame | undefined,
  processId: number | undefined,
  routingId: number | undefined,
): boolean {
  try {
    return frame?.processId === processId && frame?.routingId === routingId;
  } catch {
    return false;
  }
}
