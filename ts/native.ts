import type * as Binding from '../native/native';
import { PSCError } from './errors';

export type {
  Changes as NativeChanges,
  Hub as NativeHub,
  Locks as NativeLocks,
  MemoryHubOptions,
  Region as NativeRegion,
  Scoped as NativeScoped,
  Subscription as NativeSubscription,
  Synchronizer as NativeSynchronizer,
  SynchronizerOptions,
} from '../native/native';

/** The calls on entries that are made all the time. */
export type NativeCalls = ReturnType<Binding.Scoped['calls']>;

/** The native binary, as `native/native.d.ts` describes it. */
export type NativeBinding = typeof Binding;

let binding: NativeBinding | undefined;

/**
 * The native binary, loaded by the first call: the package can be imported where there is none.
 *
 * Throws `ERR_PSC_NATIVE_UNAVAILABLE`.
 */
export function loadNative(): NativeBinding {
  if (binding !== undefined) return binding;
  try {
    binding = require('../native/native.cjs') as NativeBinding;
    return binding;
  } catch (cause) {
    const platform = `${process.platform}-${process.arch}`;
    const message = `The native binary of psc-native for ${platform} could not be loaded: ${reasonOf(cause, platform)}`;
    throw new PSCError('ERR_PSC_NATIVE_UNAVAILABLE', message, { cause });
  }
}

/** What the loader's errors say, and what to do about that. Each place it looked at has an error of its own. */
function reasonOf(cause: unknown, platform: string): string {
  const errors: { code?: unknown; message: string }[] = [];
  for (let next = cause; next instanceof Error && errors.length < 20; ) {
    errors.push(next);
    next = (next as { cause?: unknown }).cause;
  }
  const isOff = ({ code, message }: { code?: unknown; message: string }) =>
    code === 'ERR_DLOPEN_DISABLED' || message.includes('loading addons is disabled');
  if (errors.some(isOff)) {
    return (
      'Node was told to load no addons. Start it without `--no-addons`, and where the permission model is on, with ' +
      '`--allow-addons`.'
    );
  }
  const isMissing = ({ code, message }: { code?: unknown; message: string }) =>
    code === 'MODULE_NOT_FOUND' || /^Cannot find (module|native binding)/.test(message);
  const found = errors.find((error) => !isMissing(error));
  if (found !== undefined) {
    const [line] = found.message.split('\n');
    return `it is there, and the system says: ${line}. Install it on the system it is to run on.`;
  }
  return (
    `it is not installed. It comes with an optional package named psc-native-${platform}…: install again without ` +
    '`--no-optional` and on the platform it is to run on. In a sandboxed preload or a page there is none: create the ' +
    'synchronizer in a native process.'
  );
}
