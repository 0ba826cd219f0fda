import { describe, invalidOption } from './checks';
import { PSCError } from './errors';
import type { ValueCodec } from './types';

/** A codec as the adapters use it: every failure is an `ERR_PSC_SERIALIZE` with its `cause`. */
export interface Encoding {
  /** Which codec it is. */
  readonly name: 'json' | 'structured' | 'custom';
  /** Encodes the value of a key. Throws `ERR_PSC_SERIALIZE`. */
  encode(key: string, value: unknown): string | Uint8Array;
  /** Decodes the value of a key. Throws `ERR_PSC_SERIALIZE`. */
  decode(key: string, encoded: string | Uint8Array): unknown;
}

/** An `ERR_PSC_SERIALIZE`. */
export function serializeError(key: string, what: string, cause?: unknown): PSCError {
  const because = cause instanceof Error ? `: ${cause.message}` : '';
  const message = `The value of key ${describe(key)} ${what}${because}. Nothing was changed.`;
  return new PSCError('ERR_PSC_SERIALIZE', message, cause === undefined ? undefined : { cause });
}

/** Turns what a codec's functions throw into `ERR_PSC_SERIALIZE`. */
export function safeEncoding(name: Encoding['name'], codec: ValueCodec): Encoding {
  return {
    name,
    encode(key, value) {
      let encoded: unknown;
      try {
        encoded = codec.encode(value);
      } catch (cause) {
        throw serializeError(key, `cannot be encoded by the codec '${name}'`, cause);
      }
      // JSON.stringify gives undefined for undefined, functions and symbols.
      if (typeof encoded === 'string' || encoded instanceof Uint8Array) return encoded;
      throw serializeError(key, `is ${describe(value)}, for which the codec '${name}' has no text`);
    },
    decode(key, encoded) {
      try {
        return codec.decode(encoded);
      } catch (cause) {
        throw serializeError(key, `cannot be decoded by the codec '${name}'`, cause);
      }
    },
  };
}

const json = safeEncoding('json', {
  encode: (value) => JSON.stringify(value),
  decode: (encoded) => JSON.parse(encoded as string),
});

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
