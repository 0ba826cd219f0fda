export { PSCError, type PSCErrorCode } from '../errors';
export {
  type BuiltInActions,
  type FinishPayload,
  LOG,
  type LogLevel,
  type LogPayload,
  PROGRESS,
  type ProgressPayload,
  SESSION_FINISH,
} from './actions';
export {
  type AnyChannel,
  type Call,
  Channel,
  type ChannelOptions,
  type SendsOf,
  type SessionContext,
  type SessionOptions,
} from './channel';
export { SessionError } from './failure';
export { newSessionId } from './ids';
export type { ChannelImplement, Transport } from './implement';
export { AnySession, Session, type SessionInit } from './session';
export { type ChannelSync, ChannelSyncAdapter } from './syncAdapter';
export { transfer } from './transfer';
export * from './transports/index';
export type {
  ActionsOf,
  AnyMessage,
  ItemOf,
  ListenerOf,
  MessageOf,
  PayloadOf,
  ReceivedMessage,
  ResultOf,
  SentItemOf,
  Stream,
} from './typing';
