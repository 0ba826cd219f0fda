import type { SessionError } from './failure';

/** How a session ended. */
export type Outcome =
  | { readonly error?: undefined; readonly value: unknown }
  | { readonly error: SessionError };

/** Who wants to know how a session ends: a promise, a signal. Neither is made before somebody asks for it. */
export class Settlement {
  /** Undefined as long as the session goes on. */
  outcome: Outcome | undefined;
  private promise: Promise<unknown> | undefined;
  private resolve: ((value: unknown) => void) | undefined;
  private reject: ((error: SessionError) => void) | undefined;
  private controller: AbortController | undefined;

  get finished(): Promise<unknown> {
    if (this.promise === undefined) {
      this.promise = new Promise((resolve, reject) => {
        this.resolve = resolve;
        this.reject = reject;
      });
      if (this.outcome !== undefined) this.settle(this.outcome);
    }
    return this.promise;
  }

  get signal(): AbortSignal {
    if (this.controller === undefined) {
      this.controller = new AbortController();
      const error = this.outcome?.error;
      if (error !== undefined) this.controller.abort(error);
    }
    return this.controller.signal;
  }

  /** Tells how the session ended. With an error, or when told to, what still goes on in it is asked to stop. */
  tell(outcome: Outcome, abort: boolean): void {
    this.settle(outcome);
    if (outcome.error !== undefined) this.controller?.abort(outcome.error);
    else if (abort) this.controller?.abort();
  }

  private settle(outcome: Outcome): void {
    if (outcome.error === undefined) this.resolve?.(outcome.value);
    else this.reject?.(outcome.error);
    // A plugin that crashes must not end its engine, because that did not wait for it.
    if (outcome.error !== undefined) this.promise?.catch(() => {});
  }
}
