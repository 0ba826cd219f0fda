// Where an answer came from, in the words of the page.

import { colorOf, me } from './me.mjs';

/** `kind` is `network`, `own` or `other`. */
export function sourceOf(fromCache, fetchedBy) {
  if (!fromCache) return { kind: 'network', text: 'network' };
  if (fetchedBy.name !== me.name) {
    return { kind: 'other', text: `window ${fetchedBy.name}`, color: colorOf(fetchedBy.name) };
  }
  const isOlder = fetchedBy.page !== me.page;
  return { kind: 'own', text: isOlder ? 'own mirror, before reload' : 'own mirror' };
}
