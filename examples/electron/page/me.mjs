// Which window this is, as the main process named it.

const params = new URLSearchParams(location.search);

const COLORS = {
  A: '#ffb65c',
  B: '#4fd6c4',
  C: '#b8a1ff',
  D: '#ff93b4',
  E: '#a3e06b',
  F: '#74b9ff',
};

/** `page` is another one after a reload. */
export const me = { name: params.get('name'), page: performance.timeOrigin };
export const origin = params.get('origin');

export const colorOf = (name) => COLORS[name];
