import test from 'ava';

// What the torture must find, and what it must not. Operations are `kind value from-to`.

interface Operation {
  readonly kind: string;
  readonly value: string | undefined;
  readonly from: number;
  readonly to: number;
  readonly outcome: string;
}

type Verdict = { readonly what: string } | undefined;

const load = () =>
  Promise.all([
    import('../torture/check/register.mjs' as string),
    import('../torture/check/exclusion.mjs' as string),
    import('../torture/check/flights.mjs' as string),
    import('../torture/check/keys.mjs' as string),
  ]);

function operation(text: string): Operation {
  const [kind = '', value, when = ''] = text.split(' ');
  const [from, to] = when.split('-').map((time) => (time === '' ? Infinity : Number(time)));
  return {
    kind,
    value: value === 'nothing' ? undefined : (value as string),
    from: from as number,
    to: to as number,
    outcome: to === Infinity ? 'unknown' : 'ok',
  };
}

const WRONG: Record<string, string[]> = {
  'a value is read that nobody has written': ['write a 0-1', 'read b 2-3'],
  'a value is read before it is written': ['read a 0-1', 'write a 2-3'],
  'a value is read after it was overwritten': ['write a 0-1', 'write b 2-3', 'read a 4-5'],
  'a value is read after it was removed': ['write a 0-1', 'write removal 2-3', 'read a 4-5'],
  'two readers see two values in turns': [
    ...['write a 0-9', 'write b 0-9'],
    ...['read a 1-2', 'read b 3-4', 'read a 5-6'],
  ],
  'a newer value is seen, then an older one': [
    ...['write a 0-1', 'write b 2-9', 'read b 3-4', 'read a 5-6'],
  ],
  'a value comes back after it was gone': ['write a 0-1', 'read nothing 2-3', 'read a 4-5'],
};

const RIGHT: Record<string, string[]> = {
  'a read beside a write sees either': ['write a 0-1', 'write b 2-5', 'read a 3-4', 'read b 3-4'],
  'a value may be lost': ['write a 0-1', 'read a 2-3', 'read nothing 4-5'],
  'a miss before the write ends says nothing': ['write a 0-9', 'read nothing 1-2', 'read a 3-4'],
  'a write that did not return may have happened': ['write a 0-1', 'write b 2-', 'read b 9-10'],
  'or not': ['write a 0-1', 'read a 9-10'],
  'writes that overlap may happen in any order': ['write a 0-5', 'write b 1-4', 'read a 6-7'],
};

for (const [title, history] of Object.entries(WRONG)) {
  test(`found: ${title}`, async (t) => {
    const [{ checkRegister }] = await load();
    const verdict: Verdict = checkRegister(history.map(operation));
    t.truthy(verdict?.what);
  });
}

for (const [title, history] of Object.entries(RIGHT)) {
  test(`not found: ${title}`, async (t) => {
    const [{ checkRegister }] = await load();
    t.is(checkRegister(history.map(operation)), undefined);
  });
}

test('found: a clear that had ended is undone for one of the keys', async (t) => {
  const [, , , { checkKeys }] = await load();
  const keyed = (key: string, text: string) => ({ key, ...operation(text) });
  const history = [
    keyed('x', 'set a 0-1'),
    keyed('y', 'set b 0-1'),
    { ...operation('clear nothing 2-3'), value: null },
    keyed('x', 'get nothing 4-5'),
  ];
  t.is(checkKeys(history), undefined);
  t.regex(checkKeys([...history, keyed('y', 'get b 6-7')])?.what, /key y/);
});

test('found: two hold one name at once', async (t) => {
  const [, { checkExclusion }] = await load();
  const holds = ['hold x 0-4', 'hold x 5-9'].map(operation);
  t.is(checkExclusion(holds), undefined);
  t.truthy(checkExclusion([...holds, operation('hold x 3-6')]));
});

test('found: what was made before an invalidation is given after it', async (t) => {
  const [, , { checkFlights }] = await load();
  const invalidations = [{ ...operation('remove nothing 4-5'), version: 2 }];
  const read = (value: number, from: number, to: number) => ({
    ...operation('getOrSet x 0-1'),
    ...{ value, from, to },
  });
  t.is(checkFlights(invalidations, [read(1, 3, 9), read(2, 6, 7)]), undefined);
  t.truthy(checkFlights(invalidations, [read(1, 6, 7)]));
});
