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
  } catch (thrown) {
    const platform = `${process.platform}-${process.arch}`;
    const { reason, cause } = diagnose(thrown, platform);
    const message = `The native binary of psc-native for ${platform} could not be loaded: ${reason}`;
    throw new PSCError('ERR_PSC_NATIVE_UNAVAILABLE', message, { cause });
  }
}

/** An error as loaders throw it; the generated loader keeps the message alone. */
interface LoaderError {
  readonly code?: unknown;
  readonly message: string;
}

const isOff = ({ code, message }: LoaderError) =>
  code === 'ERR_DLOPEN_DISABLED' || message.includes('loading addons is disabled');

const isDenied = ({ code, message }: LoaderError) =>
  code === 'ERR_ACCESS_DENIED' || message.startsWith('Access to this API has been restricted');

const isMissing = ({ code, message }: LoaderError) =>
  code === 'MODULE_NOT_FOUND' || /^Cannot find (module|native binding)/.test(message);

/**
 * What the loader's errors say, and what to do about that; and the one of them that says it. Each place that the loader looked
 * at has an error of its own, and the outermost only says that there was none to load.
 */
function diagnose(thrown: unknown, platform: string): { reason: string; cause: unknown } {
  const errors: LoaderError[] = [];
  for (let next = thrown; next instanceof Error && errors.length < 20; ) {
    errors.push(next);
    next = (next as { cause?: unknown }).cause;
  }
  const off = errors.find(isOff);
  if (off !== undefined) return { reason: reasonOfOff(), cause: off };
  const denied = errors.find(isDenied);
  if (denied !== undefined) {
    const reason =
      "Node's permission model does not let its file be read. Start Node with `--allow-fs-read` for the folder that psc-native " +
      'is installed in, and with `--allow-addons`.';
    return { reason, cause: denied };
  }
  const found = errors.find((error) => !isMissing(error));
  if (found !== undefined) {
    const [line = ''] = found.message.split('\n');
    const reason = `it is there, and the system says: ${line.replace(/\.$/, '')}. Install it on the system it is to run on.`;
    return { reason, cause: found };
  }
  const reason =
    `it is not installed. It comes with an optional package named psc-native-${platform}…: install again without ` +
    '`--no-optional` and on the platform it is to run on. In a sandboxed preload or a page there is none: create the ' +
    'synchronizer in a native process.';
  return { reason, cause: thrown };
}

/** By what Node was told to load no addons, as far as it can be told. */
function reasonOfOff(): string {
  const isForbidden = [...process.execArgv, process.env.NODE_OPTIONS]
    .join(' ')
    .includes('--no-addons');
  const hasPermissions = (process as { permission?: unknown }).permission !== undefined;
  if (hasPermissions && !isForbidden) {
    return "Node's permission model is on, and lets no addon in. Start Node with `--allow-addons` too.";
  }
  if (isForbidden && !hasPermissions) {
    return 'Node was told to load no addons. Start it without `--no-addons`.';
  }
  return (
    'Node was told to load no addons. Start it without `--no-addons`, and where the permission model is on, with ' +
    '`--allow-addons`.'
  );
}
