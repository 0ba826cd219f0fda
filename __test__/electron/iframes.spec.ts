import test from 'ava';
import { counts } from '../helpers/counts';
import { play } from './helpers/scenario';

// Frames that a page embeds, in which the preload script runs (`nodeIntegrationInSubFrames`): of its own site, and of
// another one, which is in another process.

test('an embedded frame reads, writes and hears nothing, unless `allow` says otherwise', async (t) => {
  const { result, printed } = await play<{ found: unknown[]; kept: string; mirrors: number }>(
    t,
    'iframes',
    'unasked',
  );
  const nothing = ['nothing', 'ERR_PSC_NOT_ALLOWED', 'nothing'];
  t.deepEqual(result, { found: [nothing, nothing], kept: 'nothing', mirrors: 1 });
  t.deepEqual(printed, []);
});

test('an embedded frame that `allow` admits starts warm and shares, and another one beside it does not', async (t) => {
  const { result, printed } = await play<{ found: unknown[]; refused: string }>(
    t,
    'iframes',
    'admitted',
  );
  t.deepEqual(result, {
    found: [
      ['yes', 'done', true],
      ['yes', 'done', false],
    ],
    refused: 'ERR_PSC_NOT_ALLOWED',
  });
  t.deepEqual(printed, []);
});

test('an embedded frame that is removed takes part no more, and nothing of it is left', async (t) => {
  const { result, printed } = await play<{
    before: object;
    after: object;
    failures: number;
    dropped: number;
  }>(t, 'iframes', 'removed', { cycles: counts(20, 100) });
  t.deepEqual(result.after, result.before);
  t.deepEqual([result.failures, result.dropped], [0, 0]);
  t.deepEqual(printed, []);
});

test('what embedded frames hold is no part of what their window may hold, and counts until it is gone', async (t) => {
  const { result } = await play<string[]>(t, 'iframes', 'quota');
  t.deepEqual(result, ['done', 'ERR_PSC_QUOTA_EXCEEDED', 'done', 'ERR_PSC_QUOTA_EXCEEDED', 'done']);
});
