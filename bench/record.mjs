// What alova keeps: `[data, expireTimestamp]` under `$a.<id><method key>`.

/** Bytes of a record's JSON text. */
export const RECORD_BYTES = 244;
/** Different records; enough that no reader sees the same text again soon. */
const VARIETY = 1000;

/** A record whose JSON text has that many bytes, all of them ASCII. */
export function record(number, bytes = RECORD_BYTES) {
  const data = {
    id: 100_000 + number,
    name: 'Ada Lovelace',
    active: number % 2 === 0,
    score: 12.5,
    tags: ['admin', 'staff'],
    address: { street: '12 Example Street', city: 'London', zip: 'SW1Y 4JH' },
    note: '',
  };
  const value = [data, Date.now() + 3_600_000];
  data.note = 'n'.repeat(Math.max(0, bytes - JSON.stringify(value).length));
  return value;
}

/** Different records, to be used again and again. */
export function records() {
  return Array.from({ length: VARIETY }, (_, number) => record(number));
}

/** Strings in one piece each, as a program has that has used them before. */
function flat(strings) {
  return JSON.parse(JSON.stringify(strings));
}

/** Numbers at random, the same ones in every process. */
function random(seed) {
  let state = seed;
  return (below) => {
    state = (Math.imul(state, 1_103_515_245) + 12_345) >>> 0;
    return (state >>> 8) % below;
  };
}

/** A list in another order. */
export function shuffled(list, seed = 1) {
  const below = random(seed);
  const result = [...list];
  for (let at = result.length - 1; at > 0; at -= 1) {
    const other = below(at + 1);
    [result[at], result[other]] = [result[other], result[at]];
  }
  return result;
}

/** Keys as alova makes them, in no order: a cache is not asked in the order of its keys. */
export function keys(count, path = 'items') {
  const make = (number) => `$a.2["GET","/api/${path}/${100_000 + number}",{"page":1},null,{}]`;
  return flat(shuffled(Array.from({ length: count }, (_, number) => make(number))));
}

/** Picks of a list at random. */
export function picks(list, count) {
  const below = random(2);
  return Array.from({ length: count }, () => list[below(list.length)]);
}

/** Values of different sizes, as many of each order of magnitude, with the bytes of their texts. */
export function valuesBetween(least, most, count) {
  const parts = picks(
    Array.from({ length: count }, (_, at) => at / (count - 1)),
    count,
  );
  return parts.map((part, number) => {
    const value = record(number, Math.round(least * (most / least) ** part));
    return { value, bytes: JSON.stringify(value).length };
  });
}
