/** The longest path that is taken for one. */
const MAX_DEPTH = 1000;

/** Whether something received is a list of session ids. */
export function isPath(path: unknown): path is readonly string[] {
  return (
    Array.isArray(path) && path.length <= MAX_DEPTH && path.every((id) => typeof id === 'string')
  );
}
