import test from 'ava';
import { counts } from './helpers/counts';
import { TestProcess } from './helpers/processes';
import { synchronize } from './helpers/synchronizers';
import { regionOf, uniqueId } from './helpers/unique';

// Scopes are cheap: a million of them leave nothing behind once their entries are gone.

const SCOPES = { adapter: counts(20_000, 1_000_000), mirror: counts(2000, 10_000) };
const PART = { adapter: 10_000, mirror: 1000 };
const MEBIBYTE = 2 ** 20;
/** What a process may hold more in the second half than in the first, by the medians: 16 bytes for each of a million. */
const TOLERANCE = 8 * MEBIBYTE;

interface Held {
  readonly heap: number;
  readonly resident: number;
}

function halves(held: readonly Held[]): [Held[], Held[]] {
  const middle = held.length / 2;
  return [held.slice(0, middle), held.slice(middle)];
}

function median(numbers: number[]): number {
  return numbers.sort((a, b) => a - b)[numbers.length >> 1] as number;
}

for (const kind of ['adapter', 'mirror'] as const) {
  test(`${SCOPES[kind]} scopes of one ${kind} leave nothing behind once their entries are gone`, async (t) => {
    t.timeout(1_800_000);
    const id = uniqueId(t);
    await synchronize(t, id, { maxBytes: 2 ** 21 });
    const server = await TestProcess.start(t, 'passing-tenants', {
      execArgv: ['--expose-gc', '--max-semi-space-size=1'],
    });
    await server.ask('open', id, kind === 'mirror');
    // What is held at hand fills up first.
    for (let part = 0; part < 3; part += 1) await server.ask('serve', PART[kind]);
    const held: Held[] = [];
    for (let served = 0; served < SCOPES[kind]; served += PART[kind]) {
      held.push(await server.ask<Held>('serve', PART[kind]));
    }
    const { entries } = JSON.parse(regionOf(id).stats());
    t.is(entries, 0);
    regionOf(id).validate();
    for (const what of ['heap', 'resident'] as const) {
      // One reading of resident memory differs by a few MiB from the next, more scopes or not.
      const [first, second] = halves(held).map((half) => median(half.map((each) => each[what])));
      const more = (second as number) - (first as number);
      t.log(
        `${what}: ${(more / MEBIBYTE).toFixed(2)} MiB more, of ${((first as number) / MEBIBYTE).toFixed(1)}`,
      );
      t.true(more < TOLERANCE, `${what}: ${more} bytes more`);
    }
  });
}
