export {
  type Contents,
  ipcMainTransport,
  ipcRendererTransport,
  type MainIpc,
  messagePortMainTransport,
  type PortMain,
  parentPortTransport,
  type RendererIpc,
  type UtilityChild,
  type UtilityParentPort,
  utilityProcessTransport,
} from './electron';
export { type EventTargetPort, type NodePort, portTransport } from './port';
export { type MessageCodec, type SocketLike, webSocketTransport } from './socket';
