import test from 'ava';
import { counts } from './helpers/counts';
import { TestProcess } from './helpers/processes';
import { synchronize } from './helpers/synchronizers';
import { uniqueId } from './helpers/unique';

// An alova instance for each request, as the article about alova's memory leak has it, on caches of ours: nothing piles
// up. What happens on alova's own caches, `npm run bench:server` shows.

interface Held {
  readonly heap: number;
  readonly resident: number;
}

const REQUESTS = counts(3000, 20_000);
/** By how much the halves may differ. */
const TOLERANCE = 0.05;
/** V8's nursery has up to 32 MiB, by chance, and is not what anybody holds. */
const FLAGS = ['--expose-gc', '--max-semi-space-size=1'];

for (const variant of ['one adapter, reused', 'an adapter per request']) {
  test(`${variant}: an alova instance per request leaves nothing behind`, async (t) => {
    t.timeout(600_000);
    const id = uniqueId(t);
    // Small, so that it is full before the first look.
    await synchronize(t, id, { maxBytes: 2 ** 21 });
    const server = await TestProcess.start(t, 'leaking-server', { execArgv: FLAGS });
    await server.ask('open', 'alova', variant, id);
    const serve = async (requests: number) => {
      // In parts, as an answer has to come within two minutes.
      for (let left = requests; left > 1000; left -= 1000) await server.ask('serve', 1000);
      return server.ask<Held>('serve', Math.min(1000, requests));
    };
    await serve(1000);
    const [first, second] = [await serve(REQUESTS / 2), await serve(REQUESTS / 2)];
    for (const what of ['heap', 'resident'] as const) {
      const mebibytes = [first, second].map((each) => (each[what] / 2 ** 20).toFixed(1));
      t.log(
        `${what} after ${REQUESTS / 2} requests: ${mebibytes[0]} MiB, after as many again ${mebibytes[1]}`,
      );
      t.true(Math.abs(second[what] / first[what] - 1) < TOLERANCE, `${what}: ${mebibytes}`);
    }
  });
}
