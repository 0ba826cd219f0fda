import { type Encoding, resolveCodec, serializeError } from '../codec';
import { timeToLive } from '../expiry';
import { type SessionName, sessionName } from '../sessionContext';
import { decodeJson, EncodedValue } from '../storage/encodedValue';
import type { ProcessSharedCacheAdapterOptions, SharedCacheEvent } from '../types';
import { carriedWith } from './carried';
import type { Runtime } from './runtime';
import type { Entry, State } from './state';

/** A value that is about to be set. */
export interface Outgoing {
  /** As the mirror keeps it. */
  readonly kept: unknown;
  /** As the event carries it. */
  readonly sent: unknown;
  /** Its encoded form. */
  readonly text: string;
  /** Milliseconds it has to live; undefined for no end. */
  readonly ttl: number | undefined;
}

/** Turns values into what events carry, and back. Events carry JSON values as they are, and other codecs' text. */
export class Values {
  readonly #encoding: Encoding;
  readonly #copy: boolean;
  /** The adapter's, for what says nothing of its end. */
  readonly ttl: number | undefined;
  /** In which session a call is made. */
  readonly session: SessionName;
  readonly #runtime: Runtime;
  readonly #lazily: boolean;

  /** @param lazily - Whether the storage is ours, and may keep {@link EncodedValue}s. */
  constructor(
    { codec, copy, ttl, session }: ProcessSharedCacheAdapterOptions,
    runtime: Runtime,
    lazily: boolean,
  ) {
    this.#lazily = lazily;
    this.#encoding = resolveCodec(codec);
    this.#copy = copy === true;
    this.ttl = ttl;
    this.session = sessionName(session);
    this.#runtime = runtime;
  }

  /** What is to be kept and sent of a value. Throws `ERR_PSC_SERIALIZE`. */
  write(key: string, value: unknown, ttl = this.ttl): Outgoing {
    // JSON, too: a value that has none would be lost on the way, and nobody could say why.
    const text = this.#encode(key, value);
    return {
      kept: this.#copy ? this.#encoding.decode(key, text) : value,
      sent: this.#encoding.name === 'json' ? value : text,
      text: this.#encoding.name === 'json' ? text : JSON.stringify(text),
      ttl: timeToLive(key, value, ttl),
    };
  }

  /** What an event's value is to this process: nothing, if the codec cannot decode it. */
  receive(key: string, carried: unknown, ttl: number | undefined): State {
    if (carried === undefined) return undefined;
    const expiresAt = ttl === undefined ? undefined : this.#runtime.now() + ttl;
    if (this.#encoding.name === 'json') return { value: carried, expiresAt };
    return this.#decode(key, carried, expiresAt);
  }

  /** A copy that nobody else has of what a `set` carries. Throws `ERR_PSC_SERIALIZE`. */
  copyOf(event: SharedCacheEvent): unknown {
    const { key, value } = event;
    const { text } = carriedWith(event);
    if (this.#encoding.name === 'json') {
      return this.#encoding.decode(key, text ?? JSON.stringify(value));
    }
    const carried = text === undefined ? value : decodeJson(text);
    if (typeof carried === 'string') return this.#encoding.decode(key, carried);
    throw serializeError(key, 'was set by somebody with another codec');
  }

  /** A copy that nobody else has of what is kept, or was given. Throws `ERR_PSC_SERIALIZE`. */
  copy(key: string, kept: unknown): unknown {
    if (kept === undefined) return undefined;
    if (kept instanceof Promise) return kept.then((value) => this.copy(key, value));
    return this.#encoding.decode(key, this.#encode(key, kept));
  }

  /** As {@link Values.receive}, of the JSON text of what is carried. */
  receiveText(key: string, text: string, ttl: number | undefined): State {
    const lazily = this.#lazily && this.#encoding.name === 'json';
    if (!lazily) return this.receive(key, decodeJson(text), ttl);
    const expiresAt = ttl === undefined ? undefined : this.#runtime.now() + ttl;
    return { value: new EncodedValue(text), expiresAt };
  }

  /** What a reader gets of what is kept. */
  read(key: string, kept: unknown): unknown {
    if (kept instanceof EncodedValue) return this.read(key, kept.value);
    if (!this.#copy || kept === undefined || kept === null || typeof kept !== 'object') return kept;
    if (kept instanceof Promise) return kept.then((value) => this.read(key, value));
    return this.#encoding.decode(key, this.#encode(key, kept));
  }

  #encode(key: string, value: unknown): string {
    const encoded = this.#encoding.encode(key, value);
    if (typeof encoded === 'string') return encoded;
    throw serializeError(key, 'was encoded to bytes, and a mirror can only send text');
  }

  #decode(key: string, carried: unknown, expiresAt: number | undefined): Entry | undefined {
    if (typeof carried !== 'string') return undefined;
    try {
      return { value: this.#encoding.decode(key, carried), expiresAt };
    } catch {
      // Somebody uses the scope with another codec. To this mirror that is a miss.
      return undefined;
    }
  }
}
