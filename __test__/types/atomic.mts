// `update` and `increment` as the compiler sees them.
import { createPSCAdapter, type IncrementOptions, NodeSyncAdapter } from 'psc-native';

const { update, increment } = createPSCAdapter(NodeSyncAdapter());

interface Cart {
  readonly items: readonly string[];
}

const cart: Promise<Cart | undefined> = update<Cart>('cart', (current) => ({
  items: [...(current?.items ?? []), 'book'],
}));
const removed: Promise<Cart | undefined> = update<Cart>('cart', () => undefined);
const options: IncrementOptions = { ttl: 60_000 };
const sum: Promise<number> = increment('requests', 2, options);
const one: Promise<number> = increment('requests');
void [cart, removed, sum, one];

// @ts-expect-error: there may be nothing yet.
void update<Cart>('cart', (current) => ({ items: current.items }));
// @ts-expect-error: it returns a cart.
void update<Cart>('cart', () => 1);
// @ts-expect-error: it may be called several times, so it cannot wait.
void update<Cart>('cart', async () => ({ items: [] }));
// @ts-expect-error: only numbers are added.
void increment('requests', '1');
// @ts-expect-error: there is no such option.
void increment('requests', 1, { expire: 1 });
