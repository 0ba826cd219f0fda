// An engine and three plugins, each in a process of its own. One calls another through the engine, one crashes, and one
// is cancelled; whatever they say arrives here, under the call that it belongs to. Run it with `npm run demo:plugins`.

import { Engine } from './engine.mjs';
import { findFailures } from './expectations.mjs';
import { Screen } from './screen.mjs';

const screen = new Screen();
/** By the id of the session at the top, the call that it is. */
const calls = new Map();

const engine = new Engine({
  onLog(payload, { path }) {
    const call = calls.get(path[0]);
    const depth = path.length - 1;
    call.logs.push({ message: payload.message, depth });
    screen.log(call.name, payload, depth);
  },
  onProgress(payload, { path }) {
    const call = calls.get(path[0]);
    call.progress.push(payload);
    if (call.onProgress?.(payload) !== false) screen.progress(call.name, payload);
  },
});

/** Begins a call, and shows what becomes of it. Resolves when it is over, whatever its end. */
async function show(name, [plugin, task, input], { signal, onProgress } = {}) {
  const call = engine.run(plugin, task, input, { signal, timeout: 20_000 });
  const record = { name, logs: [], progress: [], lines: [], onProgress };
  calls.set(call.session.sessionId, record);
  const settled = call.then(
    (result) => Object.assign(record, { result }),
    (error) => Object.assign(record, { error }),
  );
  if (task === 'report') {
    for await (const line of call.items) {
      record.lines.push(line);
      screen.print(`${name.padEnd(8)} > ${line}`);
    }
  }
  await settled;
  screen.done(name);
  const { result, error } = record;
  screen.print(
    `${name.padEnd(8)} = ${error ? `${error.code}: ${error.message}` : JSON.stringify(result)}`,
  );
  return record;
}

try {
  const controller = new AbortController();
  const [report, index, search] = await Promise.all([
    show('report', ['reporter', 'report', { title: 'Words' }]),
    show('index', ['indexer', 'index', { forever: true }], {
      signal: controller.signal,
      // It would go on for ever; ten files are enough.
      onProgress: ({ done }) => {
        if (done === 10) controller.abort(new Error('ten files are enough'));
      },
    }),
    show('search', ['searcher', 'search', { text: 'trouble' }]),
  ]);
  const after = await show('again', ['searcher', 'search', { text: 'more trouble' }]);
  const { openSessions } = engine;
  const failures = findFailures({ report, index, search, after, openSessions });
  for (const sentence of failures) console.error(`Did not come true: ${sentence}`);
  if (failures.length === 0) screen.print('\nEverything happened as told.');
  process.exitCode = failures.length === 0 ? 0 : 1;
} finally {
  await engine.close();
}
