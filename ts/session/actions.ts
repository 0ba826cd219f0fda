/** The action by which a session tells its other end that it is finished. */
export const SESSION_FINISH = 'SESSION_FINISH';

/** The action of a log line. Passed up to the top of the tree by itself. */
export const LOG = 'LOG';

/** The action of a progress report. Passed up to the top of the tree by itself. */
export const PROGRESS = 'PROGRESS';

/** How much a log line matters. */
export type LogLevel = 'trace' | 'debug' | 'info' | 'warn' | 'error';

/** The payload of {@link LOG}. */
export interface LogPayload {
  readonly level: LogLevel;
  /** For people. */
  readonly message: string;
  /** For programs; whatever the transport can carry. */
  readonly detail?: unknown;
  /** When the line was written: milliseconds since the epoch, by the clock of the process that wrote it. */
  readonly time: number;
}

/** The payload of {@link PROGRESS}. */
export interface ProgressPayload {
  /** How much is done, in any unit. */
  readonly done: number;
  /** How much there is to do, in the same unit; left out while nobody knows. */
  readonly total?: number | undefined;
  /** What is being done, for people. */
  readonly message?: string | undefined;
}

/** The payload of {@link SESSION_FINISH}. */
export type FinishPayload =
  | { readonly result: unknown; readonly error?: undefined }
  | { readonly result?: undefined; readonly error: Error };

/** The actions that every session knows, with their payloads. */
export interface BuiltInActions {
  [SESSION_FINISH]: FinishPayload;
  [LOG]: LogPayload;
  [PROGRESS]: ProgressPayload;
}
