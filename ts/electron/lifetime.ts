import type { IpcSender } from './channels';

/** What happens to the documents of a window. */
export interface Lifetime {
  /** All its documents have ended: the window shows another one, or its process is gone. */
  onPagesEnd(): void;
  /** The document of one frame has ended, because another one is shown there. */
  onFrameEnd(processId: number, frameId: number): void;
  /** The window is gone. */
  onGone(): void;
}

/** Watches a window. Returns what ends that. */
export function watch(sender: IpcSender, lifetime: Lifetime): () => void {
  const listeners: Record<string, (...args: never[]) => void> = {
    'did-frame-navigate': (
      _event: unknown,
      _url: unknown,
      _code: unknown,
      _status: unknown,
      isMainFrame: boolean,
      processId: number,
      frameId: number,
    ) => {
      if (isMainFrame) lifetime.onPagesEnd();
      else lifetime.onFrameEnd(processId, frameId);
    },
    'render-process-gone': () => lifetime.onPagesEnd(),
    destroyed: () => lifetime.onGone(),
  };
  for (const [event, listener] of Object.entries(listeners)) sender.on?.(event, listener);
  return () => {
    for (const [event, listener] of Object.entries(listeners)) {
      sender.removeListener?.(event, listener);
    }
  };
}
