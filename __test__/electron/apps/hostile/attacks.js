// What a hostile page does, as text that runs there. `channel` is where it is sent, `id` a mirror's of its own.

const many = (count, each) => `for (let n = 0; n < ${count}; n += 1) { ${each} }`;

exports.attacks = {
  'a flood of writes': (count) =>
    many(count, `ipc.send(channel, 1, 'set', undefined, id, n + 1, 'key-' + (n % 100), small);`),
  'a flood of questions': (count) =>
    many(count / 5, `ipc.send(channel, 1, 'init', undefined, id + (n % 5000), n + 1, '');`),
  'a flood of questions for one key': (count) =>
    `ipc.send(channel, 1, 'set', undefined, id, 1, 'long', JSON.stringify('x'.repeat(2 ** 20)));` +
    many(
      count / 5,
      `ipc.send(channel, 1, 'init', undefined, id, n + 2, 'long', undefined, undefined, 0);`,
    ),
  'a flood of scopes': (count) =>
    many(count / 5, `ipc.send(channel, 1, 'set', 'scope-' + n, id, n + 1, 'key', small);`),
  'a flood of mirrors': (count) =>
    many(count / 5, `ipc.send(channel, 1, 'remove', undefined, id + n, 1, 'key');`),
  'a flood of nonsense': (count) =>
    many(count / 5, `ipc.send(channel, nonsense[n % nonsense.length], ...nonsense, n);`),
  'a forged scope': () =>
    `ipc.send(channel, 1, 'init', 'secret', id, 1, ''); ipc.send(channel, 1, 'set', 'secret', id, 2, 'key', '"a secret"');`,
  'text that is no JSON': () =>
    `ipc.send(channel, 1, 'init', undefined, id, 1, ''); ipc.send(channel, 1, 'set', undefined, id, 2, 'garbage', '{"a":');`,
  'values of 100 MB': () =>
    many(3, `ipc.send(channel, 1, 'set', undefined, id, n + 1, 'key', huge);`),
  'keys of 100 MB': () => many(3, `ipc.send(channel, 1, 'set', undefined, id, n + 1, huge, '1');`),
};

/** The text of an attack. Main has heard everything when it has run. */
exports.attack = (name, channel, count) => `{
  const channel = ${JSON.stringify(channel)};
  const id = 'hostile-' + Math.random();
  const small = JSON.stringify('x'.repeat(300));
  const huge = 'x'.repeat(100 * 2 ** 20);
  const nonsense = [null, 1, NaN, 'set', {}, [], { __proto__: null, type: 'set' }, new Map(), 10n, true];
  ${exports.attacks[name](count)}
  ipc.sendSync('heard');
}`;
