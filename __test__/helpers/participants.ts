import type { ExecutionContext } from 'ava';
import type { NodePSCSynchronizerOptions, ProcessSharedCacheAdapterOptions } from '../../ts/types';
import { type StartOptions, TestProcess } from './processes';

/** An adapter in another process. */
export interface RemoteAdapter {
  set(key: string, value: unknown): Promise<void>;
  get<T>(key: string): Promise<T | undefined>;
  remove(key: string): Promise<void>;
  clear(): Promise<void>;
  close(): Promise<void>;
  ready(): Promise<void>;
}

/** A process that uses the package as it is told. */
export class Participant {
  constructor(readonly process: TestProcess) {}

  static async start(t: ExecutionContext, options?: StartOptions): Promise<Participant> {
    return new Participant(await TestProcess.start(t, 'participant', options));
  }

  /** Becomes the synchronizer of an id. */
  synchronize(id?: string, options?: NodePSCSynchronizerOptions): Promise<void> {
    return this.process.ask('synchronize', id, options);
  }

  /** Stops being it. */
  stop(): Promise<void> {
    return this.process.ask('stop');
  }

  /** Creates an adapter there. */
  async open(id?: string, options?: ProcessSharedCacheAdapterOptions): Promise<RemoteAdapter> {
    const { process } = this;
    const adapter = await process.ask<number>('open', id, options);
    return {
      set: (key, value) => process.ask('set', adapter, key, value),
      get: (key) => process.ask('get', adapter, key),
      remove: (key) => process.ask('remove', adapter, key),
      clear: () => process.ask('clear', adapter),
      close: () => process.ask('close', adapter),
      ready: () => process.ask('ready', adapter),
    };
  }
}
