import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import test, { type ExecutionContext } from 'ava';
import { counts } from './helpers/counts';

// The shop of examples/ssr, with fewer visitors than it is made for: how the demo ends, and what it says.

const EXAMPLE = join(__dirname, '../examples/ssr');
const WRONGLY = join(__dirname, 'fixtures/ssr-wrongly.mjs');
const PER_REQUEST = join(EXAMPLE, 'others/perRequest.mjs');

async function demo(
  t: ExecutionContext,
  pages: number,
  { server, env }: { server?: string; env?: NodeJS.ProcessEnv } = {},
) {
  const args = ['--alone', '--users', '50', '--pages', String(pages)];
  if (server !== undefined) args.push('--server', server);
  const child = spawn(process.execPath, [join(EXAMPLE, 'index.mjs'), ...args], {
    env: { ...process.env, ...env },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  t.teardown(() => child.kill());
  let output = '';
  for (const stream of [child.stdout, child.stderr]) {
    stream.setEncoding('utf8').on('data', (text) => {
      output += text;
    });
  }
  const [code] = await once(child, 'close');
  return { code, output };
}

test.serial(
  'the shop shows users their own pages, asks the API once for each thing, and does not grow',
  async (t) => {
    const pages = counts(3000, 6000);
    const { code, output } = await demo(t, pages);
    t.is(code, 0, output);
    t.regex(output, new RegExp(`^pages +${pages.toLocaleString('en')}$`, 'm'));
    t.regex(output, /^pages with foreign data +0$/m);
  },
);

test.serial('the demo fails where users are not told apart in the cache', async (t) => {
  const { code, output } = await demo(t, 400, { server: WRONGLY, env: { SCOPE: 'everybody' } });
  t.is(code, 1);
  t.regex(output, /Did not hold: .* showed data of user-\d+\./);
});

test.serial('the demo fails where nobody waits for who fetches the same', async (t) => {
  const { code, output } = await demo(t, 400, { server: WRONGLY });
  t.is(code, 1);
  t.regex(output, /^pages with foreign data +0$/m);
  t.regex(output, /Did not hold: The API was asked \d+ times for/);
});

test.serial('the demo fails where caches pile up', async (t) => {
  const env = { ALOVA: 'alova-3.3.4' };
  const { code, output } = await demo(t, 400, { server: PER_REQUEST, env });
  t.is(code, 1);
  t.regex(output, /^pages with foreign data +0$/m);
  t.regex(output, /Did not hold: The heap of the workers grew/);
});
