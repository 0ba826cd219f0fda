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

/** Only what the window itself shows: what it embeds may be anybody's. */
export const allowTopLevel: Allow = ({ frame }) => frame === undefined || frame.parent === null;

/** What takes part at the other end: the document in one frame of a window, or a test double. */
export class Party {
  /** The scopes that it follows. */
  readonly scopes = new Set<string | undefined>();
  /** The ids of its mirrors. */
  readonly mirrors = new Set<string>();
  private readonly allow: Allow;
  private readonly frame: Frame | undefined;
  private readonly isEmbedded: boolean;
  private readonly allowed = new Map<string | undefined, Map<string, boolean>>();

  /**
   * @param owner - The number of its renderer's account.
   * @param tell - Sends to it. Throws when it is gone.
   */
  constructor(
    readonly owner: number,
    readonly tell: (told: Told) => void,
    allow: Allow,
    frame: Frame | undefined,
  ) {
    this.allow = allow;
    this.frame = frame;
    this.isEmbedded = frame !== undefined && frame.parent !== null;
  }

  /**
   * Whether its frame is gone. Of what a window itself shows, its window tells; that a frame inside it was removed,
   * nobody tells, and to send there prints a warning.
   */
  get isGone(): boolean {
    return this.isEmbedded && !isThere(this.frame);
  }

  /** Whether it is a test double. */
  get isDouble(): boolean {
    return this.frame === undefined;
  }

  /** Whether it may do this. Asked once for a document, a scope and a type. */
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
      const frame = this.frame;
      // Should `allow` throw, that was its answer: it is not to be asked for every event.
      answers.set(type, false);
      answer = this.allow({ frame, url: frame?.url ?? '', scope, type }) === true;
      answers.set(type, answer);
    }
    return answer;
  }
}

/** Electron throws for whatever is asked of a frame that is gone. */
function isThere(frame: Frame | undefined): boolean {
  try {
    return frame?.url !== undefined;
  } catch {
    return false;
  }
}
