import type { ExecutionContext } from 'ava';
import type { NodePSCSynchronizerOptions } from '../../ts/types';
import { psc } from './built';

/** Starts a synchronizer in this process that ends with its test. */
export async function synchronize(
  t: ExecutionContext,
  id: string,
  options?: NodePSCSynchronizerOptions,
): Promise<() => void> {
  const stop = await psc.createNodePSCSynchronizer(id, options);
  t.teardown(stop);
  return stop;
}
