// A page: what a preload script exposes and what the page holds itself are storages to alova.
/// <reference lib="dom" />
import { createAlova } from 'alova';
import adapterFetch from 'alova/fetch';
import type { PSCStorageAdapter } from 'psc-native';
import * as renderer from 'psc-native/renderer';

const requestAdapter = adapterFetch();
createAlova({ requestAdapter, l1Cache: window.pscAdapter });

const held = renderer.createPSCAdapter(renderer.RendererSyncAdapter(), undefined, { ttl: 1000 });
createAlova({ requestAdapter, l1Cache: held, l2Cache: held });

// The same types, whichever entry they come from.
const same: [PSCStorageAdapter, renderer.PSCStorageAdapter] = [held, window.pscAdapter];
const ready: Promise<void> = renderer.RendererSyncAdapter().ready;
void [same, ready];

// @ts-expect-error: what is exposed has a type, and a read may miss.
const present: { id: number } = window.pscAdapter.get<{ id: number }>('k');
// @ts-expect-error: a page has no synchronizer.
renderer.createElectronPSCSynchronizer;
// @ts-expect-error: a page has no `ipcRenderer` to give.
renderer.RendererSyncAdapter({});
void present;
