/**
 * Milliseconds for which a write waits for a cache that is not there. From then on writes resolve at once while there is
 * none: what was set is read where it was set, and shared as soon as there is a synchronizer.
 */
export const ABSENT_AFTER_MS = 250;
/** Milliseconds for which a change waits that needs to know what the cache holds. */
export const UNKNOWN_AFTER_MS = 1000;
