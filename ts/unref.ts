/**
 * Lets the process end though a timer runs. In windows timers are numbers, also where there is Node: a window does not live
 * for them anyway.
 */
export function unref<Timer>(timer: Timer): Timer {
  (timer as { unref?(): void }).unref?.();
  return timer;
}
