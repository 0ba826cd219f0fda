// The header: this window's name, and the totals of all.

import { me } from './me.mjs';

const element = (id) => document.getElementById(id);

/** Shows a number, and lets it light up when it is another one. */
function show(id, number) {
  const shown = element(id);
  if (shown.textContent === String(number)) return;
  shown.textContent = number;
  shown.animate([{ color: 'var(--own)', scale: 1.25 }, {}], { duration: 600, easing: 'ease-out' });
}

function showTotals({ requests, windows }) {
  show('requests', requests);
  show('windows', windows);
}

/** How many articles this window's mirror holds: as many as any other's. */
export const showEntries = (count) => show('entries', count);

export async function showHeader() {
  element('badge').textContent = me.name;
  element('name').textContent = `Window ${me.name}`;
  window.demo.onTotals(showTotals);
  showTotals(await window.demo.totals());
}
