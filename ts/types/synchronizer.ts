/** Options of `createPSCSynchronizer`. */
export interface PSCSynchronizerOptions {
  /**
   * Bound of everything the synchronizer's store keeps, in bytes. At least 1 MiB.
   * @default 64 MiB
   */
  maxBytes?: number | undefined;
  /**
   * Most bytes of one encoded value, at most a quarter of `maxBytes`.
   * @default 16 MiB, or a quarter of `maxBytes` if that is less
   */
  maxValueBytes?: number | undefined;
}

/** A user or a group, by their number. */
export type PSCAdmission =
  | { readonly user: number; readonly group?: undefined }
  | { readonly group: number; readonly user?: undefined };

/** Options of `createNodePSCSynchronizer`. */
export interface NodePSCSynchronizerOptions extends PSCSynchronizerOptions {
  /**
   * Directory of the file that holds the cache. It has to belong to this user and to nobody else.
   * @default memory (`/dev/shm`) if that has twice `maxBytes` free, else the temporary directory
   */
  directory?: string | undefined;
  /**
   * A file that keeps the cache when all processes have ended: for a deploy, a reboot, a crash of the operating system. What
   * was set is in it when `set` resolves, and on the disk within a second, or when the stop function has resolved. A crash
   * of the operating system may lose, or undo, what was written after that. What is damaged in it is left out, never read.
   *
   * An absolute path, or one from the working directory, on a local disk, with room for twice `maxBytes` at a start. Its
   * folder is made if there is none (0700); the file is this user's alone (0600). Not together with `directory`.
   * @default the cache ends with the last process that uses it
   */
  persist?: string | undefined;
  /**
   * Whom root lets use its cache: workers that give up their privileges with `process.setuid`, before or after they make their
   * adapters, and all other processes of that user or group. They can read and write all of it; nobody else can. Only for a
   * synchronizer of root's, and not on Windows. With `persist`, or a `directory` of your own, see that they can enter its
   * folder (mode 711).
   * @default nobody: each user has caches of their own
   */
  admit?: PSCAdmission | undefined;
  /**
   * Whether the process may end although the synchronizer is running.
   * @default false
   */
  unref?: boolean | undefined;
}

/** Counts of a synchronizer, from its start on. */
export interface PSCSynchronizerStats {
  /** Events received. */
  readonly received: number;
  /** Writes that the store took. */
  readonly applied: number;
  /** Writes that had been applied or rejected before. */
  readonly duplicates: number;
  /** Writes that the store refused. */
  readonly rejected: number;
  /** Questions (`init`) answered. */
  readonly answered: number;
  /** Events that were the synchronizer's own, given back by a transport that is a bus. */
  readonly ignored: number;
  /** Events that had not the shape of an event, or whose value is no JSON. */
  readonly malformed: number;
  /** Events that a transport refused to send, or that the store could not take for want of the platform. */
  readonly failures: number;
}

/** What `createPSCSynchronizer` returns. */
export interface PSCSynchronizer {
  /** Stops taking events. Any number of calls is one. */
  close(): void;
  /** The counts so far. */
  stats(): PSCSynchronizerStats;
}
