// The loops that are timed, the same for every contestant. A process has one contestant, so that the engine sees one
// operation in each. What operations return is added up, or the engine may leave them out.

let kept = 0;

/** What was used since `start`, for each of the operations: nanoseconds by the clock, and of the processor. */
function since(start, startCpu, operations) {
  const nanoseconds = Number(process.hrtime.bigint() - start);
  const { user, system } = process.cpuUsage(startCpu);
  return { wall: nanoseconds / operations, cpu: ((user + system) * 1000) / operations };
}

/** Times an operation on the inputs, which are gone through `passes` times. */
export function time(inputs, passes, operation) {
  let sum = 0;
  const startCpu = process.cpuUsage();
  const start = process.hrtime.bigint();
  for (let pass = 0; pass < passes; pass += 1) {
    for (let at = 0; at < inputs.length; at += 1) sum += operation(inputs[at], at);
  }
  const used = since(start, startCpu, inputs.length * passes);
  kept += sum;
  return used;
}

/** The same for an operation that is awaited. */
export async function timeAwaited(inputs, operation) {
  const startCpu = process.cpuUsage();
  const start = process.hrtime.bigint();
  for (let at = 0; at < inputs.length; at += 1) await operation(inputs[at], at);
  return since(start, startCpu, inputs.length);
}

/** What was added up so far. */
export function addedUp() {
  return kept;
}
