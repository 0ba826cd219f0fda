import { PSCError } from '../errors';

/** Why a transport of a window does not take a write: to send it would be to lose it. */
export const nobody = () =>
  new PSCError('ERR_PSC_IO', 'There is no synchronizer yet: create it before the first window.');
