import test from 'ava';
import { counts } from './helpers/counts';
import { TestProcess } from './helpers/processes';
import { synchronize } from './helpers/synchronizers';
import { regionOf, uniqueId } from './helpers/unique';

// Scopes are cheap: a million of them leave nothing behind once their entries are gone.

const SCOPES = { adapter: counts(20_000, 1_000_000), mirror: counts(1000, 10_000) };
const PART = { adapter: 10_000, mirror: 1000 };
const MEBIBYTE = 2 ** 20;
/**
 * What a process may hold more after the last of them than after the first part. Resident memory includes what allocators
 * keep for later; of a million scopes, this is 16 bytes each, less than anything that could be kept for one.
 */
const TOLERANCE = { heap: 8 * MEBIBYTE, resident: 16 * MEBIBYTE };

interface Held {
  readonly heap: number;
  readonly resident: number;
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
    for (let part = 0; part < 2; part += 1) await server.ask('serve', PART[kind]);
    const first = await server.ask<Held>('serve', PART[kind]);
    let last = first;
    for (let served = 0; served < SCOPES[kind]; served += PART[kind]) {
      last = await server.ask<Held>('serve', PART[kind]);
    }
    const { entries } = JSON.parse(regionOf(id).stats());
    t.is(entries, 0);
    regionOf(id).validate();
    for (const what of ['heap', 'resident'] as const) {
      const more = last[what] - first[what];
      t.log(
        `${what}: ${(more / MEBIBYTE).toFixed(2)} MiB more, of ${(first[what] / MEBIBYTE).toFixed(1)}`,
      );
      t.true(more < TOLERANCE[what], `${what}: ${more} bytes more`);
    }
  });
}
