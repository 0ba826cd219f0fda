// Where the numbers come from: enough to judge them, nothing that names the machine.

import { cpus, release, totalmem } from 'node:os';
import { PEERS } from './peers.mjs';

export function environment(peers = PEERS) {
  return {
    date: new Date().toISOString().slice(0, 10),
    node: process.version,
    platform: `${process.platform}-${process.arch}`,
    kernel: release().split('-')[0],
    cpu: cpus()[0]?.model ?? 'unknown',
    cores: cpus().length,
    memoryGiB: Math.round(totalmem() / 2 ** 30),
    peers,
  };
}
