import { disposable } from '../disposable';
import { PSCError } from '../errors';
import type { PSCStorageAdapter } from '../types';
import type { OpenScopes, Tenant } from './openScopes';

/** Methods that return promises. */
type Promising = {
  [Name in keyof PSCStorageAdapter]: PSCStorageAdapter[Name] extends (
    ...args: never[]
  ) => Promise<unknown>
    ? Name
    : never;
}[keyof PSCStorageAdapter];

/** What a scoped adapter is besides its scopes. */
export interface ScopedParts {
  readonly scopes: OpenScopes;
  /** Whether `clear` only drops what this process remembers. */
  readonly detaches: boolean;
  /** What `ready` is outside of any scope. */
  readonly whenReady: () => Promise<void>;
  readonly onClose?: () => void;
}

const ignore = (): void => {};

/**
 * One adapter for all scopes: each call goes to the adapter of the scope that is the call's. A method that adapters get
 * is one line here: `prompt` where {@link Tenant.isIdle} knows all that it leaves under way, `lasting` where this very
 * adapter has to stay until the promise is settled.
 */
export function createScopedAdapter(parts: ScopedParts): PSCStorageAdapter {
  const { scopes, detaches, whenReady, onClose } = parts;
  let closed = false;
  const tenant = (): Tenant => {
    if (closed) throw closedError();
    return scopes.current();
  };
  const prompt = <Name extends Promising>(name: Name) =>
    promising((...args) => call(tenant(), name, args)) as PSCStorageAdapter[Name];
  const lasting = <Name extends Promising>(name: Name) =>
    promising((...args) => {
      const engagedOne = tenant();
      return engage(engagedOne, call(engagedOne, name, args));
    }) as PSCStorageAdapter[Name];
  const clear = prompt('clear');
  const adapter: PSCStorageAdapter = {
    get: (key) => tenant().adapter.get(key),
    getOrSet: lasting('getOrSet'),
    set: prompt('set'),
    remove: prompt('remove'),
    update: lasting('update'),
    increment: lasting('increment'),
    // Nobody's entries are meant where nobody's call is running; what is remembered, is.
    clear: () => (detaches && !scopes.isNamed ? forget(scopes) : clear()),
    locker: {
      lock: promising((resource) => hold(tenant(), resource)),
      unlock: promising((resource) => letGo(tenant(), resource)),
    },
    on: (type, listener) => {
      const listening = tenant();
      return stay(listening, listening.adapter.on(type, listener));
    },
    stats: () => tenant().adapter.stats(),
    close() {
      closed = true;
      scopes.close();
      onClose?.();
    },
    get ready() {
      if (closed) return rejected(closedError());
      return scopes.isNamed ? scopes.current().adapter.ready : whenReady();
    },
  };
  return disposable(adapter);
}

async function forget(scopes: OpenScopes): Promise<void> {
  for (const { adapter } of scopes.all()) await adapter.clear();
}

function call(tenant: Tenant, name: Promising, args: unknown[]): Promise<unknown> {
  const method = tenant.adapter[name] as (...args: unknown[]) => Promise<unknown>;
  return method(...args);
}

/** Has a tenant stay until a promise is settled. */
function engage<T>(tenant: Tenant, promise: Promise<T>): Promise<T> {
  tenant.engagements += 1;
  const done = (): void => {
    tenant.engagements -= 1;
  };
  promise.then(done, done);
  return promise;
}

/** Has a tenant stay until somebody stops listening. */
function stay(tenant: Tenant, end: () => void): () => void {
  let stopped = false;
  tenant.engagements += 1;
  return () => {
    if (stopped) return;
    stopped = true;
    tenant.engagements -= 1;
    end();
  };
}

/** A tenant stays as long as it has locked anything. */
function hold(tenant: Tenant, resource: unknown): Promise<void> {
  const locking = tenant.adapter.locker.lock(resource as string | string[]);
  const held = () => {
    for (const name of namesIn(resource)) tenant.locked.add(name);
  };
  locking.then(held, ignore);
  return engage(tenant, locking);
}

function letGo(tenant: Tenant, resource: unknown): Promise<void> {
  const unlocking = tenant.adapter.locker.unlock(resource as string | string[]);
  for (const name of namesIn(resource)) tenant.locked.delete(name);
  return engage(tenant, unlocking);
}

function namesIn(resource: unknown): unknown[] {
  return Array.isArray(resource) ? resource : [resource];
}

/** Has a function reject where it would throw, as adapters do; nobody has to look. */
function promising(
  run: (...args: unknown[]) => Promise<unknown>,
): (...args: unknown[]) => Promise<never> {
  return (...args) => {
    try {
      return run(...args) as Promise<never>;
    } catch (error) {
      return rejected(error);
    }
  };
}

function rejected(error: unknown): Promise<never> {
  const rejection = Promise.reject(error);
  rejection.catch(ignore);
  return rejection;
}

function closedError(): PSCError {
  return new PSCError('ERR_PSC_CLOSED', 'The adapter was closed. Create a new one.');
}
