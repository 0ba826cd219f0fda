// A sync adapter of one's own, typed with what upstream exports.
import {
  AlovaIPCID,
  createPSCAdapter,
  createPSCSynchronizer,
  createSyncAdapter,
  type ProcessSharedCacheAdapterOptions,
  PSCError,
  type PSCErrorCode,
  type SharedCacheEvent,
  type SharedEventHandler,
  type SyncAdapter,
} from 'psc-native';

class MapStorage {
  #map = new Map<string, unknown>();
  set(key: string, value: unknown) {
    this.#map.set(key, value);
  }
  get<T>(key: string) {
    return this.#map.get(key) as T | undefined;
  }
  remove(key: string) {
    this.#map.delete(key);
  }
  clear() {
    this.#map.clear();
  }
}

const handlers: SharedEventHandler[] = [];
const sync = createSyncAdapter({
  send(event: SharedCacheEvent) {
    for (const handler of handlers) void handler(event, (reply) => void reply.type);
  },
  receive(handler: SharedEventHandler) {
    handlers.push(handler);
  },
});
const plain: SyncAdapter = sync;
createPSCSynchronizer(plain);
const options: ProcessSharedCacheAdapterOptions = { scope: AlovaIPCID, ttl: 1000, codec: 'json' };
createPSCAdapter(sync, new MapStorage(), options);

const code: PSCErrorCode = new PSCError('ERR_PSC_CLOSED').code;
void code;
// @ts-expect-error: codes are a closed set.
new PSCError('ERR_PSC_UNHEARD_OF');
// @ts-expect-error: a transport receives, too.
createPSCSynchronizer({ send() {} });
// @ts-expect-error: an event has a type.
plain.send({ senderID: '', key: '' });
