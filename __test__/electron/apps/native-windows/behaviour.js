// What the native entry does in a window that has Node: in its page, or in its preload script.

const { join } = require('node:path');

exports.behave = async (id) => {
  const psc = require(join(process.env.PSC_ROOT, 'dist/index.js'));
  const open = (options) =>
    psc.createPSCAdapter(psc.NodeSyncAdapter(undefined, id), undefined, options);
  const untilGone = async (read) => {
    const end = Date.now() + 20_000;
    while (read() !== undefined) {
      if (Date.now() > end) throw new Error('It never expired.');
      await new Promise((resolve) => setTimeout(resolve, 5));
    }
  };

  // Before there is a synchronizer, which the main process starts when it hears of this.
  const [one, other] = [open(), open({ ttl: 200 })];
  const waiting = one.ready;
  const early = one.set('early', 1);
  await globalThis.toMain('waits');
  await Promise.all([waiting, early]);

  await other.set('ends', { n: 1 });
  // The second read asks the clock of what is remembered.
  const read = [other.get('ends'), other.get('ends'), other.get('ends')].map((value) => value?.n);
  await untilGone(() => other.get('ends'));

  let made = 0;
  const make = async () => {
    made += 1;
    return 'made';
  };
  const computed = await Promise.all([
    one.getOrSet('computed', make),
    other.getOrSet('computed', make),
  ]);

  await one.locker.lock('name');
  const late = await other.locker.lock('name').catch(({ code }) => code);
  await one.locker.unlock('name');
  await other.locker.lock('name');
  await other.locker.unlock('name');

  const storage = psc.createMemoryStorage({ ttl: 100 });
  storage.set('key', 1);
  const stored = storage.get('key');
  await untilGone(() => (storage.stats().entries === 0 ? undefined : 1));

  const synchronizer = psc.createPSCSynchronizer({ send() {}, receive() {} });
  synchronizer.close();
  const count = await one.increment('count', 2);
  const updated = await one.update('list', (list = []) => [...list, 1]);
  const [early2, shared] = [one.get('early'), one.get('of main')];
  await one.clear();
  const cleared = one.get('early');
  one.close();
  other.close();
  return { read, made, computed, late, stored, count, updated, early: early2, shared, cleared };
};
