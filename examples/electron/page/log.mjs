// The requests of this window, the newest first: where each answer came from, and how long it took.

const MOST = 50;
/** What fills a bar. Logarithmic, for the network takes a thousand times as long as a mirror. */
const SHORTEST_MS = 0.05;
const LONGEST_MS = 1000;

const log = document.getElementById('log');
const template = document.getElementById('request');

const clock = new Intl.DateTimeFormat('en-GB', { timeStyle: 'medium' });
const fill = (ms) => Math.log(ms / SHORTEST_MS) / Math.log(LONGEST_MS / SHORTEST_MS);

export function showRequest({ title, ms, source }) {
  const line = template.content.cloneNode(true).firstElementChild;
  const find = (selector) => line.querySelector(selector);
  find('time').textContent = clock.format(new Date());
  find('.title').textContent = title;
  find('.source').textContent = source.text;
  find('.source').classList.add(source.kind);
  if (source.color) line.style.setProperty('--by', source.color);
  find('.bar').style.setProperty('--fill', Math.max(0, fill(ms)));
  find('.took').textContent = `${ms < 10 ? ms.toFixed(1) : ms.toFixed(0)} ms`;
  line.classList.add(source.kind);
  document.getElementById('nothing').hidden = true;
  log.prepend(line);
  while (log.children.length > MOST) log.lastElementChild.remove();
}
