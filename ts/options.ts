import { checkObject } from './checks';
import { warnOnce } from './warnings';

/** The names of all options of a type: one that is added there and not here does not compile. */
export type Known<Options> = Readonly<Record<keyof Required<Options>, true>>;

/**
 * Checks that options are an object, and warns once of each name that nobody knows: what is misspelled would be left out in
 * silence, and two caches be one, or a bound none.
 *
 * @param where - The function that takes them.
 *
 * Throws `ERR_PSC_INVALID_OPTION`.
 */
export function checkOptions(
  where: string,
  options: unknown,
  known: Readonly<Record<string, true>>,
  name = 'options',
): asserts options is object {
  checkObject(name, options);
  for (const option of Object.keys(options)) {
    if (Object.hasOwn(known, option)) continue;
    const names = Object.keys(known);
    const nearest = nearestOf(option, names);
    const remedy =
      nearest === undefined ? `It takes ${names.join(', ')}.` : `Did you mean \`${nearest}\`?`;
    const message = `${where} knows no option \`${option.slice(0, 60)}\`, and goes on without it. ${remedy}`;
    warnOnce('PSC_UNKNOWN_OPTION', `${where} ${option}`, message);
  }
}

/** The name that differs least, if that is little. */
function nearestOf(option: string, names: readonly string[]): string | undefined {
  const plain = option.toLowerCase();
  const distances = names.map((name) => [distance(plain, name.toLowerCase()), name] as const);
  const [nearest] = distances.sort(([one], [other]) => one - other);
  if (nearest === undefined) return undefined;
  const [differs, name] = nearest;
  return differs <= Math.max(1, Math.floor(name.length / 3)) ? name : undefined;
}

/** How many letters have to be added, taken away or replaced to make one of the other. */
function distance(one: string, other: string): number {
  let row = Array.from({ length: other.length + 1 }, (_, index) => index);
  for (let i = 1; i <= one.length; i += 1) {
    const next = [i];
    for (let j = 1; j <= other.length; j += 1) {
      const replaced = (row[j - 1] ?? 0) + (one[i - 1] === other[j - 1] ? 0 : 1);
      next.push(Math.min((row[j] ?? 0) + 1, (next[j - 1] ?? 0) + 1, replaced));
    }
    row = next;
  }
  return row[other.length] ?? 0;
}
