import { setImmediate } from 'node:timers/promises';
import { createMirror } from '../../ts/mirror/create';
import { loadNative, type NativeHub } from '../../ts/native';
import { Synchronizer } from '../../ts/synchronizer';
import type { PSCStorageAdapter, SharedCacheEvent, StorageAdapter } from '../../ts/types';
import { ManualRuntime } from './manualRuntime';
import { seeded } from './random';
import { type Manners, Network } from './transports';

/** What a run is made of. */
export interface Plan {
  readonly manners: Manners;
  readonly steps?: number;
  readonly mirrors?: number;
  readonly storage?: () => StorageAdapter;
  /** Whether the synchronizer dies in the middle, with all it held, and another takes its place. */
  readonly restarts?: boolean;
  /** Whether some values are larger than the synchronizer allows. */
  readonly rejects?: boolean;
  /** Whether mirrors count together. */
  readonly counts?: boolean;
}

const KEYS = ['', 'a', 'b', '__proto__'];
const COUNTER = 'count';
const MAX_VALUE_BYTES = 100;

type Value = { readonly n: number; readonly pad?: string };

/** A mirror, and what it wrote last to each key, as long as that is not settled. */
interface Participant {
  readonly mirror: PSCStorageAdapter;
  readonly unsettled: Map<string, { readonly value: Value | undefined; readonly write: number }>;
  /** Whether a synchronizer has told it the state: before, writes resolve without one. */
  isReady: boolean;
}

/** One run of mirrors, a network and the real synchronizer, decided by its seed. */
export class Simulation {
  readonly #plan: Plan;
  readonly #seed: number;
  readonly #random: () => number;
  readonly #runtime = new ManualRuntime();
  readonly #network: Network;
  readonly #participants: Participant[] = [];
  #probe: (event: SharedCacheEvent) => SharedCacheEvent[] = () => [];
  #synchronizer: Synchronizer | undefined;
  #values = 0;
  /** The values that the synchronizers have taken, in their order. */
  readonly #applied: number[] = [];
  /** Those whose promises resolved. */
  readonly #resolved: number[] = [];
  #counted = 0;
  #counting = 0;

  constructor(plan: Plan, seed: number) {
    this.#plan = plan;
    this.#seed = seed;
    this.#random = seeded(seed);
    this.#network = new Network(plan.manners, this.#random);
  }

  /** Runs to the end. Rejects with what went wrong, and the seed. */
  async run(): Promise<void> {
    const { steps = 60, mirrors = 3, restarts = false } = this.#plan;
    this.#start();
    const restartAt = restarts ? Math.floor(this.#random() * steps) : -1;
    for (let step = 0; step < steps; step += 1) {
      if (this.#participants.length < mirrors && this.#random() < 0.2) this.#join();
      if (step === restartAt) {
        this.#network.cut();
        this.#synchronizer?.close();
        this.#start();
        // Within a second of its answer, a mirror takes old positions for changes that the answer has overtaken.
        this.#runtime.advance(1000);
      }
      this.#act();
      await this.#rest();
      await this.#checkOwnReads();
    }
    await this.#settle();
    // A new position makes mirrors of an order that is gone see so.
    if (restarts) await this.#touchAll();
    await this.#checkAgreement();
  }

  #start(): void {
    const end = this.#network.synchronizerEnd;
    const answers: SharedCacheEvent[] = [];
    const hub = loadNative().Hub.memory({ maxValueBytes: MAX_VALUE_BYTES });
    const parts = { runtime: this.#runtime };
    const synchronizer = new Synchronizer(this.#watched(hub), (event) => end.send(event), parts);
    this.#synchronizer = synchronizer;
    end.receive((event, reply) => synchronizer.receive(event, reply));
    this.#probe = (event) => {
      answers.length = 0;
      synchronizer.receive(event, (answer) => void answers.push(answer));
      return [...answers];
    };
  }

  /** The hub, of which is written down what it takes. */
  #watched(hub: NativeHub): NativeHub {
    const apply: NativeHub['apply'] = (...args) => {
      const told = hub.apply(...args);
      const [type, , , text] = args;
      if (told.outcome === 'applied' && type === 'set')
        this.#applied.push(JSON.parse(text ?? '').n);
      return told;
    };
    return new Proxy(hub, {
      get(target, name) {
        if (name === 'apply') return apply;
        const value: unknown = Reflect.get(target, name);
        return typeof value === 'function' ? value.bind(target) : value;
      },
    });
  }

  #join(): void {
    const storage = this.#plan.storage?.();
    const mirror = createMirror(this.#network.mirrorEnd(), storage, {}, this.#runtime);
    const participant: Participant = { mirror, unsettled: new Map(), isReady: false };
    mirror.ready.then(() => {
      participant.isReady = true;
    });
    this.#participants.push(participant);
  }

  #act(): void {
    const dice = this.#random();
    const participant = this.#pick(this.#participants);
    if (participant !== undefined && dice < 0.3) {
      if (this.#plan.counts === true && this.#random() < 0.2) this.#count(participant);
      else this.#write(participant);
    } else if (dice < 0.32) this.#runtime.advance(this.#random() * 3000);
    else this.#network.step();
  }

  #write(participant: Participant): void {
    const { mirror, unsettled, isReady } = participant;
    const dice = this.#random();
    const key = this.#pick(KEYS) ?? '';
    this.#values += 1;
    const write = this.#values;
    const tooLarge = this.#plan.rejects === true && this.#random() < 0.2;
    const value = tooLarge ? { n: write, pad: 'x'.repeat(MAX_VALUE_BYTES) } : { n: write };
    const [keys, kept, done] =
      dice < 0.7
        ? ([[key], value, mirror.set(key, value)] as const)
        : dice < 0.9 || this.#plan.counts === true
          ? ([[key], undefined, mirror.remove(key)] as const)
          : ([KEYS, undefined, mirror.clear()] as const);
    for (const each of keys) unsettled.set(each, { value: kept, write });
    const settled = () => {
      for (const each of keys) if (unsettled.get(each)?.write === write) unsettled.delete(each);
    };
    const resolved = () => {
      settled();
      if (kept !== undefined && isReady) this.#resolved.push(write);
    };
    // A rejected write leaves what came before it unsettled, which is not followed here.
    done.then(resolved, settled);
  }

  #count({ mirror }: Participant): void {
    this.#counting += 1;
    const counted = () => {
      this.#counted += 1;
    };
    mirror.increment(COUNTER).then(counted, () => {});
  }

  async #rest(): Promise<void> {
    await setImmediate();
  }

  async #settle(): Promise<void> {
    for (let turn = 0; turn < 40; turn += 1) {
      while (this.#network.step()) await this.#rest();
      this.#runtime.advance(3000);
      await this.#rest();
    }
    for (const { unsettled } of this.#participants) {
      if (unsettled.size > 0) this.#fail(`${unsettled.size} keys were never settled`);
    }
    const lost = this.#resolved.filter((write) => !this.#applied.includes(write));
    if (lost.length > 0) this.#fail(`writes ${lost} resolved and were never made`);
  }

  async #touchAll(): Promise<void> {
    for (const { mirror } of this.#participants) {
      this.#values += 1;
      void mirror.set('a', { n: this.#values });
    }
    await this.#settle();
  }

  async #checkOwnReads(): Promise<void> {
    for (const [number, { mirror, unsettled }] of this.#participants.entries()) {
      for (const [key, { value, write }] of unsettled) {
        const read = await mirror.get<Value>(key);
        if (unsettled.get(key)?.write !== write) continue;
        if (read?.n !== value?.n) {
          this.#fail(`mirror ${number} reads ${read?.n} of '${key}' and wrote ${value?.n}`);
        }
      }
    }
  }

  async #checkAgreement(): Promise<void> {
    const question = { senderID: 'probe', type: 'init', key: '' } as const;
    const [answer] = this.#probe(question).slice(-1);
    const stored = JSON.parse(answer?.value as string) as Record<string, Value>;
    const count = Object.hasOwn(stored, COUNTER) ? Number(stored[COUNTER]) : 0;
    if (count < this.#counted || count > this.#counting) {
      this.#fail(
        `${this.#counted} of ${this.#counting} counts were made and the store has ${count}`,
      );
    }
    for (const [number, { mirror }] of this.#participants.entries()) {
      for (const key of KEYS) {
        const read = await mirror.get<Value>(key);
        const held = Object.hasOwn(stored, key) ? stored[key] : undefined;
        if (read?.n !== held?.n) {
          this.#fail(`mirror ${number} has ${read?.n} in '${key}' and the store ${held?.n}`);
        }
      }
    }
  }

  #pick<T>(list: readonly T[]): T | undefined {
    return list[Math.floor(this.#random() * list.length)];
  }

  #fail(what: string): never {
    throw new Error(`Seed ${this.#seed}: ${what}.`);
  }
}
