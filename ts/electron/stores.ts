import { loadNative, type NativeHub } from '../native';
import { Connection } from '../node/connection';
import { RegionHub, type RegionHubUser } from '../node/regionHub';
import { startNodePSCSynchronizer } from '../node/synchronizer';
import type { NodePSCSynchronizerOptions, PSCSynchronizerOptions } from '../types';

/** Where the cache of an Electron application is. */
export interface ElectronStore {
  /** Gives the user a hub over it, before this returns if that can be, and another one whenever it is replaced. */
  open(user: RegionHubUser): void;
  /** Gives nothing any more. What is stored by others' leave stays. */
  close(): void;
}

/** In the main process's memory, for windows only. */
export function inMemory({ maxBytes, maxValueBytes }: PSCSynchronizerOptions): ElectronStore {
  const hub: NativeHub = loadNative().Hub.memory({
    ...(maxBytes !== undefined && { maxBytes }),
    ...(maxValueBytes !== undefined && { maxValueBytes }),
  });
  return { open: (user) => user.onHub(hub, false), close: () => {} };
}

/** In a region, which this process looks after. Throws what `createNodePSCSynchronizer` rejects with. */
export function inRegion(id: string, options: NodePSCSynchronizerOptions): ElectronStore {
  const { maxBytes, maxValueBytes, directory, persist } = options;
  // Windows and `app.quit()` say how long an Electron application lives.
  // First, so that it has the region when the start returns.
  const connection = Connection.of(id);
  const stop = startNodePSCSynchronizer(id, {
    maxBytes,
    maxValueBytes,
    directory,
    persist,
    unref: true,
  });
  let regionHub: RegionHub | undefined;
  return {
    open(user) {
      const opened = new RegionHub(connection, user);
      regionHub = opened;
      opened.follow();
      connection.whenJoined(opened.join);
    },
    close() {
      regionHub?.close();
      void stop();
    },
  };
}
