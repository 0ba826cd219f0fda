import { AsyncLocalStorage } from 'node:async_hooks';
import { provideFactoryContext } from '../locks/flightContext';
import { provideSessionIds } from '../sessionContext';

// Costs nothing before a session, or the factory of a `getOrSet`, begins in this process.
provideSessionIds(new AsyncLocalStorage());
provideFactoryContext(new AsyncLocalStorage());
