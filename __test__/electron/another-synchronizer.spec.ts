import test from 'ava';
import type { Page } from 'playwright-core';
import { uniqueId } from '../helpers/unique';
import { within } from '../helpers/until';
import { DEFAULT_SESSION, Windows } from './helpers/windows';

// Windows that stay open when `close()` ends their synchronizer and another one takes its place.

const get = (page: Page, key = 'k') => page.evaluate(`pscAdapter.get('${key}')`);
const set = (page: Page, value: string, key = 'k') =>
  page.evaluate(`pscAdapter.set('${key}', '${value}')`);

for (const hasId of [false, true]) {
  const kind = hasId ? 'with an id' : 'without an id';

  test(`${kind}, an open window reads what is set after close() and a new synchronizer, and its writes arrive`, async (t) => {
    const options = hasId ? { id: uniqueId(t) } : {};
    const windows = await Windows.launch(t);
    const { app } = windows;
    const native = (key: string) =>
      app.evaluate((_, [id, name]) => globalThis.readNatively(id, [name])[0], [
        options.id ?? '',
        key,
      ] as const);
    const hears = (page: Page, value: string) =>
      app.until(`a window reads ${value}`, async () => (await get(page)) === value);
    await windows.synchronize(options, [DEFAULT_SESSION]);
    // One only reads from now on: it has no reason of its own to ask anybody.
    const [reader, writer] = [await windows.open(), await windows.open()];
    await set(writer, 'of the first synchronizer');
    await hears(reader, 'of the first synchronizer');

    await app.evaluate(() => globalThis.synchronizer.close());
    t.is(await get(reader), 'of the first synchronizer');
    await windows.synchronize(options, [DEFAULT_SESSION]);
    const late = await windows.open();
    if (hasId) {
      await app.evaluate((_, id) => globalThis.writeNatively(id, 'k', 'of main'), options.id ?? '');
      await hears(reader, 'of main');
      await hears(writer, 'of main');
    }
    await set(late, 'of a new window');
    await hears(reader, 'of a new window');
    await hears(writer, 'of a new window');

    for (const page of [writer, reader]) {
      const value = page === writer ? 'of the open writer' : 'of the open reader';
      await set(page, value);
      t.is(await get(page), value);
      for (const other of [reader, writer, late]) await hears(other, value);
      if (hasId) t.is(await native('k'), value);
    }
  });

  test(`${kind}, what windows write while there is no synchronizer ends alike in all of them`, async (t) => {
    const options = hasId ? { id: uniqueId(t) } : {};
    const windows = await Windows.launch(t);
    const { app } = windows;
    await windows.synchronize(options, [DEFAULT_SESSION]);
    const [one, other] = [await windows.open(), await windows.open()];
    await set(one, 'before');
    await app.until('the other window has it', () => get(other));

    await app.evaluate(() => globalThis.synchronizer.close());
    const writes = [set(one, 'of one', 'between'), set(other, 'of the other', 'between')];
    await windows.synchronize(options, [DEFAULT_SESSION]);
    await within('The writes in between are settled', Promise.allSettled(writes));
    const late = await windows.open();
    await set(late, 'after', 'last');
    for (const key of ['k', 'between', 'last']) {
      await app.until(`all windows hold the same as ${key}`, async () => {
        const values = await Promise.all([one, other, late].map((page) => get(page, key)));
        return new Set(values).size === 1;
      });
    }
    t.deepEqual(await Promise.all([one, other].map((page) => get(page, 'last'))), [
      'after',
      'after',
    ]);
  });
}
