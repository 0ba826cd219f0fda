import { full } from './full.mjs';
import { invalidation } from './invalidation.mjs';
import { locks } from './locks.mjs';
import { mirrors } from './mirrors.mjs';
import { records } from './records.mjs';
import { registers } from './registers.mjs';
import { replaced } from './replaced.mjs';
import { starved } from './starved.mjs';
import { storm } from './storm.mjs';

/** What is tried, in the order in which a run begins. */
export const scenarios = [
  records,
  replaced,
  invalidation,
  starved,
  storm,
  registers,
  full,
  locks,
  mirrors,
];
