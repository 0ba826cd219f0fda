import { checkScope } from '../checks';
import type { PSCStorageAdapter } from '../types';
import { type ScopeFunction, scopeOf } from './resolve';

/** The adapter of one scope, and what it takes to let go of it. */
export interface OpenScope {
  readonly adapter: PSCStorageAdapter;
  /** Whether another adapter of the scope, made in its place, would read the same. */
  isIdle(): boolean;
  /** Drops what is only remembered; called when nothing is under way. */
  release(): void;
}

/** A scope that is open, and who uses it. */
export interface Tenant extends OpenScope {
  readonly scope: string;
  /** Called upon since it was last passed over. */
  recent: boolean;
  /** How much is under way that needs this very adapter. */
  engagements: number;
  /** What it has locked. */
  readonly locked: Set<unknown>;
}

/** How many tenants are looked at for one that may go, when another one comes. */
const LOOKS = 8;

/**
 * The scopes that an adapter was called for lately, at most so many, each with an adapter of its own. What was not called for
 * lately leaves first (second chance), and nothing of it stays; one that has something under way stays until it has not.
 */
export class OpenScopes {
  private readonly tenants = new Map<string, Tenant>();
  private latest: Tenant | undefined;

  /**
   * @param name - Names the scope of the call that is running.
   * @param most - How many stay open.
   * @param open - Opens one.
   */
  constructor(
    private readonly name: ScopeFunction,
    private readonly most: number,
    private readonly open: (scope: string) => OpenScope,
  ) {}

  /** How many are open. */
  get size(): number {
    return this.tenants.size;
  }

  /** All that are open. */
  all(): Iterable<Tenant> {
    return this.tenants.values();
  }

  /** Whose call is running. Throws `ERR_PSC_NO_SCOPE` or `ERR_PSC_INVALID_SCOPE`. */
  current(): Tenant {
    const scope = scopeOf(this.name);
    const { latest } = this;
    // A request makes several calls in a row.
    if (latest !== undefined && latest.scope === scope) return latest;
    const tenant = this.tenants.get(scope) ?? this.admit(scope);
    tenant.recent = true;
    this.latest = tenant;
    return tenant;
  }

  /** Whether the call that is running is anybody's. */
  get isNamed(): boolean {
    try {
      scopeOf(this.name);
      return true;
    } catch {
      return false;
    }
  }

  /** Closes all. */
  close(): void {
    for (const { adapter } of this.tenants.values()) adapter.close();
    this.tenants.clear();
    this.latest = undefined;
  }

  private admit(scope: string): Tenant {
    checkScope(scope);
    const { adapter, isIdle, release } = this.open(scope);
    const tenant: Tenant = {
      scope,
      adapter,
      isIdle,
      release,
      recent: true,
      engagements: 0,
      locked: new Set(),
    };
    this.tenants.set(scope, tenant);
    if (this.tenants.size > this.most) this.makeRoom();
    return tenant;
  }

  private makeRoom(): void {
    let looks = 0;
    for (const tenant of this.tenants.values()) {
      if (this.tenants.size <= this.most || looks === LOOKS) return;
      looks += 1;
      this.tenants.delete(tenant.scope);
      if (tenant.recent || isBusy(tenant)) {
        tenant.recent = false;
        this.tenants.set(tenant.scope, tenant);
      } else {
        tenant.release();
        if (this.latest === tenant) this.latest = undefined;
      }
    }
  }
}

function isBusy({ engagements, locked, isIdle }: Tenant): boolean {
  return engagements > 0 || locked.size > 0 || !isIdle();
}
