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
    const message =
      `The native binary of psc-native for ${platform} could not be loaded. It comes with an optional package named ` +
      `psc-native-${platform}…: install again without \`--no-optional\` and on the platform it is to run on. In a ` +
      'sandboxed preload or a page there is none: create the synchronizer in a native process.';
    throw new PSCError('ERR_PSC_NATIVE_UNAVAILABLE', message, { cause });
  }
}
