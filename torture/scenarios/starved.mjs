import { Violation } from '../violation.mjs';

/** A process without descriptors robs no living owner, neither of a lock nor of the writer's turn. */
export const starved = {
  name: 'starved',
  async run({ crew, random }) {
    const owner = await crew.start('owner');
    await owner.ask('synchronize', crew.id);
    await owner.ask('open', crew.id);
    await owner.ask('lock', 'name');
    const poor = await crew.start('starved', {
      under: ['prlimit', `--nofile=${56 + random.below(20)}`],
    });
    await poor.ask('open', crew.id);
    await poor.ask('starve');
    for (let tries = 0; tries < 3; tries += 1) {
      const error = await poor.ask('lock', 'name').then(
        () => undefined,
        (reason) => reason,
      );
      if (error?.code !== 'ERR_PSC_LOCK_TIMEOUT') {
        throw new Violation(`a living owner was robbed of a lock (${error?.code ?? 'it was had'})`);
      }
    }
    if (crew.failpoints === undefined) return { operations: 3 };
    const writer = await crew.start('writer', { failpoint: 'set:locked', signal: 'STOP' });
    await writer.ask('open', crew.id);
    crew.counts.stops += 1;
    writer.ask('set', 'key', 'theirs').catch(() => {});
    await new Promise((resolve) => setTimeout(resolve, 500));
    const error = await poor.ask('set', 'key', 'robbed').then(
      () => undefined,
      (reason) => reason,
    );
    if (error?.code !== 'ERR_PSC_TIMEOUT') {
      throw new Violation(`two wrote in one turn (${error?.code ?? 'it was set'})`);
    }
    return { operations: 4 };
  },
};
