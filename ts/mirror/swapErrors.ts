import { isErrorCode, PSCError } from '../errors';

/** What an answer says went wrong. */
export function answeredError({ code, message }: { code: string; message: string }): PSCError {
  return new PSCError(isErrorCode(code) ? code : 'ERR_PSC_IO', message);
}

/** The peer puts nothing in order, or does not hear what was asked. */
export function unsupported(): PSCError {
  const message =
    '`update` and `increment` need a synchronizer of psc-native, and a transport that carries the fields of its events ' +
    'unchanged. Nothing was changed.';
  return new PSCError('ERR_PSC_UNSUPPORTED', message);
}

/** Nobody says what became of a change. */
export function unknownOutcome(key: string, afterMs: number): PSCError {
  const message =
    `The change of ${JSON.stringify(key.slice(0, 60))} was not answered within ${afterMs} ms, or its answer was ` +
    'lost. It may have been made. See that a synchronizer is running and reachable.';
  return new PSCError('ERR_PSC_TIMEOUT', message);
}

/** The synchronizer gave it up: what was sent later had come long before. */
export function notReceived(key: string): PSCError {
  const message =
    `The change of ${JSON.stringify(key.slice(0, 60))} did not come in time and was not made. See that the transport loses ` +
    'nothing and delays nothing for a second.';
  return new PSCError('ERR_PSC_OUT_OF_ORDER', message);
}

/** Too many changes wait. */
export function queueFull(most: number): PSCError {
  const message = `${most} changes wait for the synchronizer, the most that may. Await them.`;
  return new PSCError('ERR_PSC_QUEUE_FULL', message);
}
