/** What a window may send and hold, in `createElectronPSCSynchronizer`. */
export interface ElectronLimits {
  /**
   * Most bytes of a key.
   * @default 64 KiB, which is also the most
   */
  maxKeyBytes?: number | undefined;
  /**
   * Most bytes of one encoded value.
   * @default 16 MiB
   */
  maxValueBytes?: number | undefined;
  /**
   * Most bytes of entries that one window has set last and that are still there, and as many of all that it embeds.
   * Beyond it, its writes reject with `ERR_PSC_QUOTA_EXCEEDED`; nobody else's do.
   * @default 32 MiB
   */
  maxBytes?: number | undefined;
  /**
   * Most events per second, and at once, of what a window shows, and as many of all that it embeds. Each 8 KiB that an
   * event or its answer is long count as one more, and an answer as 20. A window that sends more is not heard until it
   * has sent next to nothing for a second: the first write beyond it rejects with `ERR_PSC_RATE_LIMITED`, the others with `ERR_PSC_TIMEOUT`.
   * @default 20,000
   */
  maxEventsPerSecond?: number | undefined;
  /**
   * Most bytes that an adapter in a preload script is given while it waits, the newest entries; the rest follows.
   * @default 4 MiB
   */
  firstBytes?: number | undefined;
}
