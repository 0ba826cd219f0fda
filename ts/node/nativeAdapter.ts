import { resolveCodec } from '../codec';
import { structuredEncoding } from '../codecStructured';
import { MemoBound } from '../memo';
import { OpenScopes } from '../scope/openScopes';
import { type FixedOptions, fix, type ScopeFunction } from '../scope/resolve';
import { createScopedAdapter } from '../scope/scopedAdapter';
import { above } from '../scope/sharedScope';
import type { ProcessSharedCacheAdapterOptions, PSCStorageAdapter } from '../types';
import type { Connection } from './connection';
import { openShared } from './openShared';

/** Default bound of the memo, in estimated bytes: what is hot, and small against the region itself. */
const MEMO_BYTES = 640 * 1024;

/** How many scopes one adapter has at hand. Each takes about 10 KiB beside what it remembers; opening one, some 100 µs. */
const MOST_SCOPES = 1024;

/** An adapter of a process that maps the region, for the options that a user gives. */
export function createNativeAdapter(
  connection: Connection,
  options: ProcessSharedCacheAdapterOptions,
): PSCStorageAdapter {
  const { scope, sharedScope } = options;
  const bound = new MemoBound(options.memoBytes ?? MEMO_BYTES);
  const open = (fixed: FixedOptions) => openShared(connection, fixed, bound);
  const own =
    typeof scope === 'function'
      ? createForAll(connection, options, scope, open)
      : open({ ...options, scope }).adapter;
  if (sharedScope === undefined || sharedScope === scope) return own;
  return above(own, open(fix(options, sharedScope)).adapter);
}

function createForAll(
  connection: Connection,
  options: ProcessSharedCacheAdapterOptions,
  name: ScopeFunction,
  open: (fixed: FixedOptions) => ReturnType<typeof openShared>,
): PSCStorageAdapter {
  // What cannot work is said where it was given, and not by the first request.
  resolveCodec(options.codec, structuredEncoding);
  connection.glance();
  const scopes = new OpenScopes(name, MOST_SCOPES, (scope) => open(fix(options, scope)));
  // Waits for the region, for whom no request is served yet.
  let waiting: PSCStorageAdapter | undefined;
  const whenReady = () => {
    waiting ??= open({ ...options, scope: undefined }).adapter;
    return waiting.ready;
  };
  const onClose = () => waiting?.close();
  const detaches = options.onClear === 'detach';
  return createScopedAdapter({ scopes, detaches, whenReady, onClose });
}
