// A page's own types fit the transports, and `await using` what they carry.
/// <reference lib="dom" />
/// <reference lib="esnext.disposable" />
import { Channel, portTransport, webSocketTransport } from 'psc-native/session';

const { port1 } = new MessageChannel();
await using overPort = new Channel(portTransport(port1));
await using overWorker = new Channel(portTransport(new Worker('worker.js')));
await using overSocket = new Channel(webSocketTransport(new WebSocket('ws://127.0.0.1')));
await using session = overSocket.startSession('a', { action: 'x' }).session;
void [overPort, overWorker, session];
