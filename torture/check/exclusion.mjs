/**
 * Whether no two held one name at once. A hold is an operation from when the lock was had to when it was given up; one whose
 * holder was killed or stopped ends with that, which is what `to` says.
 */
export function checkExclusion(holds) {
  const sorted = [...holds].sort((one, other) => one.from - other.from);
  let last;
  for (const hold of sorted) {
    if (last !== undefined && hold.from < last.to) {
      return { what: 'two held one name at once', operations: [last, hold] };
    }
    if (last === undefined || hold.to > last.to) last = hold;
  }
  return undefined;
}
