import { checkRegister } from './register.mjs';

let removals = 0;

/** Checks each key of a history by itself. A clear is a removal of every key, at some moment while it was under way. */
export function checkKeys(history, options) {
  const clears = history.filter(({ kind }) => kind === 'clear');
  const keys = new Map();
  for (const operation of history) {
    if (operation.key === undefined || operation.kind === 'clear') continue;
    if (!keys.has(operation.key)) keys.set(operation.key, []);
    keys.get(operation.key).push(operation);
  }
  const removal = (operation) => {
    removals += 1;
    return { ...operation, kind: 'write', value: `removal ${removals}`, shown: operation };
  };
  for (const [key, all] of keys) {
    const operations = [...all, ...clears].flatMap((operation) => {
      const { kind, outcome } = operation;
      if (outcome === 'refused') return [];
      if (kind === 'get')
        return outcome === 'ok' ? [{ ...operation, kind: 'read', shown: operation }] : [];
      if (kind === 'set') return [{ ...operation, kind: 'write', shown: operation }];
      return [removal(operation)];
    });
    // A write that is not known to have happened, and that nobody has read, says nothing.
    const read = new Set(
      operations.filter(({ kind }) => kind === 'read').map(({ value }) => value),
    );
    const said = operations.filter(
      ({ kind, outcome, value }) => kind === 'read' || outcome === 'ok' || read.has(value),
    );
    const violation = checkRegister(said, options);
    if (violation) {
      const shown = violation.operations.map((each) => each.shown ?? each);
      return { what: `${violation.what} (key ${key})`, operations: shown };
    }
  }
  return undefined;
}
