/** A count for the quick run that everybody makes, and the one that `PSC_TEST=full` asks for. */
export function counts(quick: number, full: number): number {
  return process.env.PSC_TEST === 'full' ? full : quick;
}
