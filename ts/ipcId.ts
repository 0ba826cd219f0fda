/** Upstream's name for its default channel. Passed as an id, it is an explicit id like any other. */
export const AlovaIPCID = 'alova-default-channel';
