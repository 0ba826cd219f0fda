// Sets keys as fast as it can, and looks at once whether its own write is there.

const adapterOfPage = () => window.adapter ?? window.pscAdapter;

window.race = async (name, keys, count) => {
  const adapter = adapterOfPage();
  let missing = 0;
  const settled = [];
  for (let number = 0; number < count; number += 1) {
    const key = `key ${(number * 7 + name.length) % keys}`;
    settled.push(adapter.set(key, { name, number }));
    const read = adapter.get(key);
    if (read?.name !== name || read.number !== number) missing += 1;
    // Others get their turn, and what they did arrives.
    if (number % 50 === 49) await settled[number - 25];
  }
  await Promise.all(settled);
  return missing;
};

window.dump = (keys) =>
  JSON.stringify(Array.from({ length: keys }, (_, at) => adapterOfPage().get(`key ${at}`) ?? null));
