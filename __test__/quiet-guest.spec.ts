import test from 'ava';
import { TestProcess } from './helpers/processes';

test('many channels on one process, sessions on one signal and windows on one ipcMain are warned of by nobody', async (t) => {
  const guest = await TestProcess.start(t, 'quiet-guest');
  t.deepEqual(await guest.ask('overdo'), {
    told: 40,
    codes: ['ERR_PSC_CANCELLED'],
    left: 0,
    warnings: [],
  });
  t.is(guest.stderr, '');
});
