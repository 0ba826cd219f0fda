import { describe, invalidOption } from './checks';
import { PSCError } from './errors';
import { describeForeign } from './foreign';
import { findLostByJson, tagOf } from './lossless';
import type { ValueCodec } from './types';
import { warnOnce } from './warnings';

/** A codec as the adapters use it: every failure is an `ERR_PSC_SERIALIZE` with its `cause`. */
export interface Encoding {
  /** Which codec it is. */
  readonly name: 'json' | 'structured' | 'custom';
  /** Encodes the value of a key. Throws `ERR_PSC_SERIALIZE`. */
  encode(key: string, value: unknown): string | Uint8Array;
  /** Decodes the value of a key. Throws `ERR_PSC_SERIALIZE`. */
  decode(key: string, encoded: string | Uint8Array): unknown;
  /**
   * Decodes what others may have encoded: another release with another codec, for example. What cannot be decoded is a miss,
   * so that it is made and set again, and is warned of once.
   */
  read(key: string, encoded: string | Uint8Array): unknown;
}

/** An `ERR_PSC_SERIALIZE`. */
export function serializeError(key: string, what: string, cause?: unknown): PSCError {
  const because = cause === undefined ? '' : `: ${describeForeign(cause)}`;
  const message = `The value of key ${describe(key)} ${what}${because}. Nothing was changed.`;
  return new PSCError('ERR_PSC_SERIALIZE', message, cause === undefined ? undefined : { cause });
}

/** What a value would lose by a codec, by name; undefined if nothing. */
type FindLost = (key: string, value: unknown, encoded: string) => string | undefined;

/**
 * Turns what a codec's functions throw into `ERR_PSC_SERIALIZE`.
 *
 * @param findLost - Tells what the encoded value does not carry, which is refused.
 */
export function safeEncoding(
  name: Encoding['name'],
  codec: ValueCodec,
  findLost?: FindLost,
): Encoding {
  const decode = (key: string, encoded: string | Uint8Array): unknown => {
    try {
      return codec.decode(encoded);
    } catch (cause) {
      throw serializeError(key, `cannot be decoded by the codec '${name}'`, cause);
    }
  };
  return {
    name,
    encode(key, value) {
      let encoded: unknown;
      try {
        encoded = codec.encode(value);
      } catch (cause) {
        throw serializeError(key, `cannot be encoded by the codec '${name}'`, cause);
      }
      const isText = typeof encoded === 'string';
      // JSON.stringify gives undefined for undefined, functions and symbols.
      if (!isText && !isBytes(encoded)) {
        const what = `is ${describe(value)}, for which the codec '${name}' has no text`;
        throw serializeError(key, what);
      }
      const lost = findLost?.(key, value, isText ? (encoded as string) : '');
      if (lost !== undefined) {
        throw serializeError(key, `holds a ${lost}, which the codec '${name}' does not carry`);
      }
      return isText ? (encoded as string) : unshared(encoded as Uint8Array);
    },
    decode,
    read(key, encoded) {
      try {
        return decode(key, encoded);
      } catch (error) {
        const { message } = error as Error;
        const remedy = 'It is read as a miss. Use one codec in all adapters of a scope.';
        warnOnce('PSC_UNREADABLE', name, `${message} ${remedy}`);
        return undefined;
      }
    },
  };
}

/** Whether something is a `Uint8Array`, of whatever realm. */
function isBytes(value: unknown): value is Uint8Array {
  return ArrayBuffer.isView(value) && tagOf(value) === 'Uint8Array';
}

/** The same bytes where no other thread writes: native code must be able to rely on them while it reads them. */
function unshared(bytes: Uint8Array): Uint8Array {
  return tagOf(bytes.buffer) === 'SharedArrayBuffer' ? Uint8Array.from(bytes) : bytes;
}

const json = safeEncoding(
  'json',
  {
    encode: (value) => JSON.stringify(value),
    decode: (encoded) => JSON.parse(encoded as string),
  },
  findLostByJson,
);

/**
 * The codec that an option names.
 *
 * @param structured - The codec `'structured'`, from the callers that can have it: it needs Node, which mirrors in a
 *   sandbox do not have, and bytes, which events do not carry.
 *
 * Throws `ERR_PSC_INVALID_OPTION`.
 */
export function resolveCodec(codec: unknown, structured?: Encoding): Encoding {
  if (codec === undefined || codec === 'json') return json;
  if (codec === 'structured') {
    if (structured !== undefined) return structured;
    const remedy =
      'It works between native processes only, and this adapter is a mirror: ' +
      "use 'json', or a codec of your own that encodes to text.";
    throw invalidOption('codec', codec, remedy);
  }
  const { encode, decode } = Object(codec) as Partial<ValueCodec>;
  if (typeof encode === 'function' && typeof decode === 'function') {
    return safeEncoding('custom', codec as ValueCodec);
  }
  throw invalidOption(
    'codec',
    codec,
    "Give 'json', 'structured' or an object with the functions `encode` and `decode`.",
  );
}
