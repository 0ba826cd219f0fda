import { AsyncLocalStorage } from 'node:async_hooks';
import { provideSessionIds } from '../sessionContext';

// Costs nothing before a session begins in this process.
provideSessionIds(new AsyncLocalStorage());
