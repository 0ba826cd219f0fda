import { parentPortTransport } from 'psc-native/session';
import { EchoChannel } from './echo.mjs';

new EchoChannel(parentPortTransport(process.parentPort));
