import test from 'ava';
import { FAILPOINTS_BINARY, psc } from './helpers/built';
import { throwsCode } from './helpers/errors';
import { Participant } from './helpers/participants';
import { untilStopped } from './helpers/stopping';
import { synchronize } from './helpers/synchronizers';
import { regionOf, uniqueId } from './helpers/unique';

// R15: the owner of the writer lock lives and does not run.

test('a stopped owner is never robbed: reading goes on, writing fails in time, and resumes with it', async (t) => {
  t.timeout(120_000);
  const id = uniqueId(t);
  await synchronize(t, id);
  const adapter = psc.createPSCAdapter(psc.NodeSyncAdapter(undefined, id));
  await adapter.set('key', 'before');
  await adapter.set('beside', 1);
  const owner = await Participant.start(t, {
    env: {
      ...process.env,
      NAPI_RS_NATIVE_LIBRARY_PATH: FAILPOINTS_BINARY,
      PSC_FAILPOINT: 'set:locked',
      PSC_FAILPOINT_SIGNAL: 'STOP',
    },
  });
  const theirs = await owner.open(id);
  const their = theirs.set('theirs', 1);
  await untilStopped(owner.process.pid);

  const start = performance.now();
  const setting = adapter.set('key', 'mine');
  const kept = [performance.now() - start];
  // Each adapter's first write tries for itself. The least of three, because others run on this machine.
  const probes = ['probe 1', 'probe 2'].map((key) => {
    const probe = psc.createPSCAdapter(psc.NodeSyncAdapter(undefined, id));
    const before = performance.now();
    const write = probe.set(key, 1);
    kept.push(performance.now() - before);
    return write;
  });
  t.true(Math.min(...kept) < 20, `the thread was kept for ${kept.join(', ')} ms`);
  t.is(adapter.get('key'), 'mine', 'own writes are read');
  const other = psc.createPSCAdapter(psc.NodeSyncAdapter(undefined, id));
  t.is(other.get('key'), 'before');
  t.is(other.get('beside'), 1);
  const removing = adapter.remove('beside');
  t.is(adapter.get('beside'), undefined);
  await throwsCode(t, 'ERR_PSC_TIMEOUT', () => setting);
  const waited = performance.now() - start;
  t.true(waited > 4900 && waited < 50_000, `${waited} ms`);
  await throwsCode(t, 'ERR_PSC_TIMEOUT', () => removing);
  for (const probe of probes) await throwsCode(t, 'ERR_PSC_TIMEOUT', () => probe);
  t.is(adapter.get('key'), 'before');
  t.is(adapter.get('beside'), 1);

  const again = performance.now();
  const error = await throwsCode(t, 'ERR_PSC_TIMEOUT', () => adapter.set('key', 'again'));
  const failedIn = performance.now() - again;
  t.log(`rejected after ${waited.toFixed(0)} ms, the next one after ${failedIn.toFixed(1)} ms`);
  t.true(failedIn < 100, `${failedIn} ms`);
  t.true(error.message.includes(String(owner.process.pid)));
  t.is(adapter.get('key'), 'before');

  owner.process.signal('SIGCONT');
  await their;
  await adapter.set('key', 'after');
  t.is(adapter.get('key'), 'after');
  t.is(other.get('key'), 'after');
  t.is(adapter.get('theirs'), 1);
  regionOf(id).validate();
});

test('who is stopped without the lock delays nobody', async (t) => {
  const id = uniqueId(t);
  await synchronize(t, id);
  const stopped = await Participant.start(t);
  const theirs = await stopped.open(id);
  await theirs.set('key', 1);
  stopped.process.signal('SIGSTOP');
  await untilStopped(stopped.process.pid);
  const adapter = psc.createPSCAdapter(psc.NodeSyncAdapter(undefined, id));
  await adapter.set('key', 2);
  await adapter.clear();
  await adapter.set('key', 3);
  stopped.process.signal('SIGCONT');
  t.is(await theirs.get('key'), 3);
});
