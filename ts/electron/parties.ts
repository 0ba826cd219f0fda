import { CHANNELS, type IpcMain, type IpcMainEvent, type IpcSender } from './channels';
import { Doubles } from './doubles';
import { leaveBehind } from './leftBehind';
import { watch } from './lifetime';
import { type Allow, isAt, Party } from './party';
import { Rate } from './rate';
import { Turns } from './turns';
import type { Told } from './wire';

/** Identifies a frame among those of one renderer: two ids of 31 bits in one number. */
const FRAME_KEYS = 2 ** 31;
/** Most documents that one window shows at once, as far as they take part. */
const MAX_PARTIES = 1000;

/** A window, or whatever else has a `WebContents`: what it sends and holds counts together, whatever frame it is in. */
export interface Renderer {
  /** The number of its account. */
  readonly owner: number;
  /** That of all that it embeds: that cannot fill the window's own. */
  readonly embeddedOwner: number;
  /** Of what the window itself shows. */
  readonly rate: Rate;
  /** Of all that it embeds: that cannot have the window cut off. */
  readonly embeddedRate: Rate;
  /** In which it is heard, whatever frame speaks. */
  readonly turns: Turns;
  readonly parties: Map<number, Party>;
  readonly stopWatching: () => void;
}

/** What {@link Parties} needs. */
export interface PartiesOptions {
  readonly ipcMain: IpcMain;
  readonly allow: Allow | undefined;
  readonly maxEventsPerSecond: number;
  /** Who has this account is gone for good. */
  readonly onGone: (owner: number) => void;
  /** A mirror's document has ended. */
  readonly onEnd: (senderID: string) => void;
}

/** Those who take part: whom to tell what, and whose ids are whose (M7). */
export class Parties {
  /** How much of what was said waits for its turn, by those who have gone since, too. */
  readonly everybody = { waiting: 0 };
  private doubles: Doubles | undefined;
  private readonly options: PartiesOptions;
  private readonly renderers = new Map<IpcSender, Renderer>();
  private readonly followers = new Map<string | undefined, Set<Party>>();
  private readonly partyOf = new Map<string, Party>();
  private lastOwner = 0;

  constructor(options: PartiesOptions) {
    this.options = options;
  }

  /** How many mirrors take part. */
  get mirrors(): number {
    for (const { parties } of this.renderers.values()) this.endGone(parties);
    return this.partyOf.size;
  }

  /** The scopes that somebody follows. */
  get scopes(): Iterable<string | undefined> {
    return this.followers.keys();
  }

  /** The renderer that sent a message. */
  renderer(sender: IpcSender): Renderer {
    return this.renderers.get(sender) ?? this.meet(sender);
  }

  /** The document that sent a message; undefined if its frame is gone, or shows another one by now. */
  party(renderer: Renderer, event: IpcMainEvent): Party | undefined {
    const { processId = 0, frameId = 0 } = event;
    const key = processId * FRAME_KEYS + frameId;
    const { parties } = renderer;
    const known = parties.get(key);
    if (known !== undefined) return known;
    // Nobody tells of frames that were removed.
    if (parties.size >= MAX_PARTIES) this.endGone(parties);
    if (parties.size >= MAX_PARTIES) return undefined;
    const party = this.admit(renderer, event);
    if (party !== undefined) parties.set(key, party);
    return party;
  }

  /** Whether a mirror's id is this document's: the first that uses an id has it. */
  claim(party: Party, senderID: string): boolean {
    const owner = this.partyOf.get(senderID);
    if (owner !== undefined) return owner === party;
    if (party.hasEnded) return true;
    if (!party.hasRoom) return false;
    party.mirrors.add(senderID);
    this.partyOf.set(senderID, party);
    return true;
  }

  /** The document is told of the scope from now on. Returns whether it is. */
  follow(party: Party, scope: string | undefined): boolean {
    if (party.hasEnded || party.scopes.has(scope)) return true;
    if (!party.mayFollow) return false;
    party.scopes.add(scope);
    const followers = this.followers.get(scope);
    if (followers === undefined) this.followers.set(scope, new Set([party]));
    else followers.add(party);
    return true;
  }

  /**
   * Tells everybody who follows the scope. `writer` comes last: it has what it wrote, and the others do not.
   */
  tell(told: Told, writer?: Party): void {
    const followers = this.followers.get(told[1]);
    if (followers !== undefined) {
      for (const party of followers) {
        if (party !== writer && !party.isDouble) this.tellOne(party, told);
      }
      if (writer !== undefined && !writer.isDouble && followers.has(writer)) {
        this.tellOne(writer, told);
      }
    }
    this.doubles?.tell(told);
  }

  /** Tells one. Who is gone, as only the attempt shows, takes part no more. */
  tellOne(party: Party, told: Told): void {
    try {
      if (party.hasEnded) return;
      if (!party.isGone) {
        party.tell(told);
        return;
      }
    } catch {
      // It went at this moment.
    }
    this.forget(party);
  }

  /** Forgets everybody. Their documents go on, and are told when there is another synchronizer. */
  close(): void {
    const parties = [...this.renderers.values()].flatMap((renderer) => [
      ...renderer.parties.values(),
    ]);
    leaveBehind(this.options.ipcMain, parties);
    for (const { stopWatching } of this.renderers.values()) stopWatching();
    this.renderers.clear();
    this.followers.clear();
    this.partyOf.clear();
  }

  private admit(renderer: Renderer, event: IpcMainEvent): Party | undefined {
    const { sender, processId, frameId } = event;
    const { allow, ipcMain } = this.options;
    if (!('senderFrame' in event)) {
      this.doubles ??= new Doubles(ipcMain);
      const doubles = this.doubles;
      const tell = (told: Told) => doubles.tellOne(sender, told);
      const { owner } = renderer;
      return new Party({ owner, tell, allow, frame: undefined, isEmbedded: false });
    }
    try {
      const frame = event.senderFrame ?? undefined;
      // What a document says as it is left arrives when another one is in its frame already: `senderFrame` is that one
      // then, and only the ids in the message are still those of the sender (seen in Electron 22).
      if (frame === undefined || !isAt(frame, processId, frameId)) return undefined;
      const tell = (told: Told) => void frame.send(CHANNELS.toClient, ...told);
      const isEmbedded = frame.parent !== null || Boolean(sender.hostWebContents);
      const owner = isEmbedded ? renderer.embeddedOwner : renderer.owner;
      return new Party({ owner, tell, allow, frame, isEmbedded });
    } catch {
      // It is gone.
      return undefined;
    }
  }

  private meet(sender: IpcSender): Renderer {
    this.lastOwner += 2;
    const parties = new Map<number, Party>();
    const { maxEventsPerSecond } = this.options;
    const now = performance.now();
    const turns = new Turns(this.everybody);
    const renderer: Renderer = {
      owner: this.lastOwner - 1,
      embeddedOwner: this.lastOwner,
      rate: new Rate(maxEventsPerSecond, now),
      embeddedRate: new Rate(maxEventsPerSecond, now),
      turns,
      parties,
      stopWatching: watch(sender, {
        onPagesEnd: () => this.endAll(parties),
        onFrameEnd: (processId, frameId) => {
          this.end(parties, processId * FRAME_KEYS + frameId);
          // The document that was left may have been in another process: its frame now speaks for this one.
          this.endGone(parties);
        },
        onGone: () => {
          this.endAll(parties);
          this.renderers.delete(sender);
          // Behind its last words.
          turns.take(() => {
            this.options.onGone(renderer.owner);
            this.options.onGone(renderer.embeddedOwner);
          });
        },
      }),
    };
    this.renderers.set(sender, renderer);
    return renderer;
  }

  private endGone(parties: Map<number, Party>): void {
    for (const [key, party] of parties) if (party.isGone) this.end(parties, key);
  }

  private endAll(parties: Map<number, Party>): void {
    for (const key of [...parties.keys()]) this.end(parties, key);
  }

  private end(parties: Map<number, Party>, key: number): void {
    const party = parties.get(key);
    if (party === undefined) return;
    parties.delete(key);
    party.hasEnded = true;
    this.forget(party);
  }

  private forget(party: Party): void {
    for (const id of party.mirrors) {
      this.partyOf.delete(id);
      this.options.onEnd(id);
    }
    for (const scope of party.scopes) {
      const followers = this.followers.get(scope);
      followers?.delete(party);
      if (followers?.size === 0) this.followers.delete(scope);
    }
    party.mirrors.clear();
    party.scopes.clear();
  }
}
