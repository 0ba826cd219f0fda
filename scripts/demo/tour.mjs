// The tour: what a person would try, with one line for each step. A step holds if the windows show
// it.

import { Failure } from '../failure.mjs';

const ARTICLES = 6;
const NEWEST = '#log li:first-child .source';

/** Fetches an article in a window, which then shows where it came from. */
export async function fetchIn(window, id, source) {
  const lines = await window.page.locator('#log li').count();
  await window.click(`#article-${id} .fetch`);
  await window.page.locator(`#log li:nth-child(${lines + 1})`).waitFor();
  await window.shows(NEWEST, source);
}

/** Fetches all articles in a window, which then shows where they came from. */
async function fetchAllIn(window, sources) {
  const lines = await window.page.locator('#log li').count();
  await window.click('#fetch-all');
  await window.page.locator(`#log li:nth-child(${lines + ARTICLES})`).waitFor();
  const all = await window.page.locator('#log .source').allInnerTexts();
  const shown = all.slice(0, ARTICLES).sort();
  if (shown.join() === [...sources].sort().join()) return;
  throw new Failure(`Window ${window.name} shows ${shown.join(', ')}, and should show ${sources}.`);
}

async function totals(windows, { requests, entries }) {
  for (const window of windows) {
    await window.shows('#requests', String(requests));
    await window.shows('#entries', String(entries));
    await window.shows('#windows', String(windows.length));
  }
}

const times = (count, text) => Array.from({ length: count }, () => text);

/** Plays the tour, and tells of each step. Throws if the windows do not show what they should. */
export async function playTour(demo, tell = console.log) {
  const start = performance.now();
  const step = async (what, run) => {
    await run();
    tell(`  ✓ ${what}`);
  };
  const [a, b] = [await demo.window('A'), await demo.window('B')];

  await step('Windows A and B open, and nothing is cached.', () =>
    totals([a, b], { requests: 0, entries: 0 }),
  );
  await step('A fetches article 1: from the network.', () => fetchIn(a, 1, 'network'));
  await step('A fetches it again: from its own mirror.', () => fetchIn(a, 1, 'own mirror'));
  await step('B shows it before it asked, and fetches it: from window A.', async () => {
    await b.shows('#article-1 .state', 'cached by window A');
    await fetchIn(b, 1, 'window A');
    await totals([a, b], { requests: 1, entries: 1 });
  });
  await step('A fetches all articles, then B does: one request each at the origin.', async () => {
    await fetchAllIn(a, ['own mirror', ...times(ARTICLES - 1, 'network')]);
    await b.shows('#entries', String(ARTICLES));
    await fetchAllIn(b, times(ARTICLES, 'window A'));
    await totals([a, b], { requests: ARTICLES, entries: ARTICLES });
  });
  await step('B invalidates article 2: A has it no more.', async () => {
    await b.click('#article-2 .invalidate');
    await a.shows('#article-2 .state', 'not cached');
    await totals([a, b], { requests: ARTICLES, entries: ARTICLES - 1 });
  });
  await step(
    'B fetches it: a new request at the origin. A then has it from window B.',
    async () => {
      await fetchIn(b, 2, 'network');
      await a.shows('#article-2 .state', 'cached by window B');
      await fetchIn(a, 2, 'window B');
      await totals([a, b], { requests: ARTICLES + 1, entries: ARTICLES });
    },
  );
  await step('A reloads, and is warm: no request at the origin.', async () => {
    await a.click('#reload');
    await a.shows('#log li', '');
    await a.shows('#entries', String(ARTICLES));
    await fetchIn(a, 1, 'own mirror, before reload');
    await fetchIn(a, 2, 'window B');
    await totals([a, b], { requests: ARTICLES + 1, entries: ARTICLES });
  });
  await step('Window C opens, and is warm from the start.', async () => {
    await a.click('#open');
    const c = await demo.window('C');
    await c.shows('#entries', String(ARTICLES));
    await fetchIn(c, 1, 'window A');
    await totals([a, b, c], { requests: ARTICLES + 1, entries: ARTICLES });
  });
  await step(
    'C clears the cache and closes: A and B have nothing, and A asks the origin.',
    async () => {
      const c = await demo.window('C');
      await c.click('#clear');
      await a.shows('#entries', '0');
      await b.shows('#entries', '0');
      await c.page.close();
      await fetchIn(a, 3, 'network');
      await totals([a, b], { requests: ARTICLES + 2, entries: 1 });
    },
  );
  tell(`  They shared. ${((performance.now() - start) / 1000).toFixed(1)} s`);
}
