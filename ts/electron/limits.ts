import { checkPositive } from '../checks';
import type { PSCErrorCode } from '../errors';
import { checkOptions, type Known } from '../options';
import type { ElectronLimits } from '../types';
import type { CheckedRequest } from './request';
import { type Told, WIRE_VERSION } from './wire';

/** Most bytes of UTF-8 that one UTF-16 unit can take. */
const MAX_BYTES_PER_UNIT = 3;

/** What every renderer may send and hold. */
export interface Limits {
  readonly maxKeyBytes: number;
  readonly maxValueBytes: number;
  readonly maxBytes: number;
  readonly maxEventsPerSecond: number;
  readonly firstBytes: number;
}

const DEFAULTS: Limits = {
  maxKeyBytes: 64 * 1024,
  maxValueBytes: 16 * 1024 * 1024,
  maxBytes: 32 * 1024 * 1024,
  maxEventsPerSecond: 20_000,
  firstBytes: 4 * 1024 * 1024,
};

const KNOWN: Known<ElectronLimits> = {
  maxKeyBytes: true,
  maxValueBytes: true,
  maxBytes: true,
  maxEventsPerSecond: true,
  firstBytes: true,
};

/** The limits that an option names. Throws `ERR_PSC_INVALID_OPTION`. */
export function resolveLimits(limits: ElectronLimits = {}): Limits {
  checkOptions('createElectronPSCSynchronizer', limits, KNOWN, 'limits');
  const resolved: Record<string, number> = { ...DEFAULTS };
  for (const name of Object.keys(DEFAULTS) as (keyof Limits)[]) {
    checkPositive(`limits.${name}`, limits[name]);
    if (limits[name] !== undefined) resolved[name] = limits[name];
  }
  return resolved as unknown as Limits;
}

/** Why a write is refused before anybody looks at its value. */
export interface Refusal {
  readonly code: PSCErrorCode;
  readonly message: string;
}

/** Whether a window's write is larger than a window may send. */
export function refusalOf({ key, text }: CheckedRequest, limits: Limits): Refusal | undefined {
  if (exceeds(key, limits.maxKeyBytes)) {
    const message =
      `A key of ${Buffer.byteLength(key)} bytes was sent by a window, and it may send ${limits.maxKeyBytes}. Use a ` +
      'shorter key, or raise `limits.maxKeyBytes`.';
    return { code: 'ERR_PSC_KEY_TOO_LARGE', message };
  }
  if (text !== undefined && exceeds(text, limits.maxValueBytes)) {
    const message =
      `A value of ${text.length} characters was sent by a window, and it may send ${limits.maxValueBytes} bytes. Cache ` +
      'less at once, or raise `limits.maxValueBytes`.';
    return { code: 'ERR_PSC_VALUE_TOO_LARGE', message };
  }
  return undefined;
}

/** A window has sent more than it may. */
export function rateRefusal({ maxEventsPerSecond }: Limits): Refusal {
  const message =
    `The window has sent more than ${maxEventsPerSecond} events in a second, and is not heard until it has been silent ` +
    'for one. Await writes instead of sending them all at once, or raise `limits.maxEventsPerSecond`.';
  return { code: 'ERR_PSC_RATE_LIMITED', message };
}

/** Most characters of a scope that a message quotes. */
const QUOTED_LENGTH = 100;

/** The answer to what a document may not do: nothing of the scope, only that. */
export function notAllowed({ type, scope, senderID, write, key }: CheckedRequest): Told {
  const message =
    `The option \`allow\` of the main process does not let this document ${type === 'init' ? 'read' : type} in ` +
    `${scope === undefined ? 'the cache without a scope' : `the scope ${JSON.stringify(scope.slice(0, QUOTED_LENGTH))}`}. By default only ` +
    'top-level frames may use the cache.';
  const error = { code: 'ERR_PSC_NOT_ALLOWED', message };
  const place = { ...(scope !== undefined && { scope }), senderID: '', key, to: senderID };
  const header =
    type === 'init'
      ? { ...place, type, entries: [], error }
      : type === 'lock'
        ? { ...place, type, write, error }
        : { ...place, type: 'remove', seq: 0, write, error };
  return [
    WIRE_VERSION,
    scope,
    JSON.stringify(header),
    undefined,
    type === 'init' ? write : undefined,
  ];
}

/** Measures only where the length does not tell. */
function exceeds(text: string, maxBytes: number): boolean {
  if (text.length > maxBytes) return true;
  return text.length * MAX_BYTES_PER_UNIT > maxBytes && Buffer.byteLength(text) > maxBytes;
}
