import type { FlightRun } from './flightRun';

/** A factory that runs, and the one inside which it was begun. */
export interface RunningFactory {
  /** The cache: the same object for all adapters that share their entries. */
  readonly cache: object;
  readonly scope: string | undefined;
  readonly key: string;
  readonly run: FlightRun;
  readonly outer: RunningFactory | undefined;
}

/** How code finds the factories inside which it runs: Node's `AsyncLocalStorage` is one. */
interface FactoryContext {
  run<T>(factory: RunningFactory, code: () => T): T;
  getStore(): RunningFactory | undefined;
}

/** Where the runtime has such a thing. Here, so that what runs in pages and sandboxes names nothing of Node's. */
let context: FactoryContext | undefined;

/** Lets factories find out inside which others they run. */
export function provideFactoryContext(given: FactoryContext): void {
  context = given;
}

/** The innermost factory that runs the present code; undefined if there is none, or nobody can know. */
export function runningFactory(): RunningFactory | undefined {
  return context?.getStore();
}

/** Runs a factory. */
export function runFactory<T>(factory: RunningFactory, code: () => T): T {
  return context === undefined ? code() : context.run(factory, code);
}
