import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import test, { type ExecutionContext } from 'ava';
import type { Page } from 'playwright-core';
import { Application, REPOSITORY } from './helpers/application';
import { bundlePreload } from './helpers/bundle';
import { Project } from './helpers/project';
import { PAGES, Windows } from './helpers/windows';

// Transports of a user's own: the example of @alova/psc's documentation, corrected, and a wrapper around ours.

const EXAMPLE = join(REPOSITORY, 'examples/electron-custom');

/** The example as it is, and as its README says that it works in a sandbox. */
const FORMS = {
  'as it is': async () => join(EXAMPLE, 'main.js'),
  'with its preload script bundled, in a sandbox': async (t: ExecutionContext) => {
    const project = Project.create(t, EXAMPLE);
    writeFileSync(project.path('preload.js'), readFileSync(await project.bundle('preload.js')));
    const main = readFileSync(project.path('main.js'), 'utf8');
    writeFileSync(project.path('main.js'), main.replace('sandbox: false', 'sandbox: true'));
    return project.start(project.path('main.js'));
  },
};

async function bothWindows(app: Application): Promise<[Page, Page]> {
  await app.until('both windows are open', () => app.electron.windows().length === 2);
  const [one, two] = app.electron.windows();
  for (const page of [one, two]) await page?.waitForFunction('window.pscAdapter !== undefined');
  return [one, two] as [Page, Page];
}

const get = (page: Page, key: string) => page.evaluate(`pscAdapter.get('${key}')`);
const shown = (page: Page) => page.textContent('#shown');

for (const [form, path] of Object.entries(FORMS)) {
  test(`the example of a custom sync adapter shares between windows, ${form}`, async (t) => {
    const app = await Application.launch(t, await path(t));
    const [one, two] = await bothWindows(app);
    t.is(await get(one, 'missing'), undefined);
    await one.evaluate("pscAdapter.set('k', { a: [1, 'é', null] })");
    t.deepEqual(await get(one, 'k'), { a: [1, 'é', null] });
    await app.until('the other window has it', () => get(two, 'k'));
    t.deepEqual(await get(two, 'k'), { a: [1, 'é', null] });

    await two.fill('#note', 'hello');
    await app.until('the first window shows it', async () => (await shown(one)) === 'hello');
    await one.reload();
    await app.until('it shows it after a reload', async () => (await shown(one)) === 'hello');
    await one.click('#clear');
    await app.until('that is clear', async () => (await shown(two)) === 'nothing yet');
    t.is(await get(two, 'k'), undefined);
  });

  test(`windows that race over a custom sync adapter come to hold the same, ${form}`, async (t) => {
    const app = await Application.launch(t, await path(t));
    const pages = await bothWindows(app);
    const race = `(async (name) => {
      let missed = 0;
      for (let round = 0; round < 500; round += 1) {
        const key = 'k' + (round % 20);
        const set = pscAdapter.set(key, { name, round });
        const read = pscAdapter.get(key);
        if (read?.name !== name || read.round !== round) missed += 1;
        if (round % 50 === 0) await set;
      }
      return missed;
    })`;
    const missed = await Promise.all(pages.map((page, at) => page.evaluate(`${race}(${at})`)));
    t.deepEqual(missed, [0, 0]);
    const dump = "[...Array(20).keys()].map((at) => JSON.stringify(pscAdapter.get('k' + at)))";
    const dumps = () => Promise.all(pages.map((page) => page.evaluate<string[]>(dump)));
    await app.until('both hold the same', async () => {
      const [one, two] = await dumps();
      return String(one) === String(two);
    });
    t.is((await dumps())[0]?.length, 20);
  });
}

interface Seen {
  readonly direction: 'sent' | 'received';
  readonly type: string;
  readonly key: string;
  readonly value: unknown;
}

test("a wrapper around ElectronSyncAdapter sees upstream's raw values, and may change them", async (t) => {
  const windows = await Windows.launch(t);
  await windows.synchronize();
  const [wrapped, plain] = await Promise.all(
    ['preload-wrapped.mjs', 'preload-timed.mjs'].map((file) => bundlePreload(t, join(PAGES, file))),
  );
  const one = await windows.open({ preload: wrapped as string });
  const other = await windows.open({ preload: plain as string });
  const value = { a: [1, 'é', null] };
  await one.evaluate(`pscAdapter.set('own', ${JSON.stringify(value)})`);
  await other.evaluate(`pscAdapter.set('foreign', ${JSON.stringify(value)})`);
  await windows.app.until('the wrapped adapter has it', () => get(one, 'foreign'));
  const seen = await one.evaluate<Seen[]>('seen()');
  const valueOfEvent = (direction: string, key: string) =>
    seen.find((each) => each.direction === direction && each.key === key)?.value;
  t.deepEqual(valueOfEvent('sent', 'own'), value);
  t.deepEqual(valueOfEvent('received', 'foreign'), value);
  const answer = seen.find(({ direction, type }) => direction === 'received' && type === 'init');
  t.is(answer?.value, '{}');

  const late = await windows.open({ preload: wrapped as string });
  const [asked, answered] = await late.evaluate<Seen[]>('seen()');
  t.like(asked, { direction: 'sent', type: 'init' });
  t.is(answered?.type, 'init');
  t.deepEqual(JSON.parse(String(answered?.value)), { own: value, foreign: value });

  await one.evaluate("pscAdapter.set('marked', { mark: true })");
  await windows.app.until('the other window has it', () => get(other, 'marked'));
  t.deepEqual(await get(other, 'marked'), { mark: true, by: 'the wrapper' });
});
