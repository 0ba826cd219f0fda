// A card for each article, which tells at any time whether it is cached, and by whom.

import { cachedArticle, invalidate } from './api.mjs';
import { showEntries } from './header.mjs';
import { colorOf, me } from './me.mjs';

export const IDS = [1, 2, 3, 4, 5, 6];
const LOOK_EVERY_MS = 100;

const template = document.getElementById('article');

function createCard(id, fetchAndShow) {
  const card = template.content.cloneNode(true).firstElementChild;
  const find = (selector) => card.querySelector(selector);
  card.id = `article-${id}`;
  find('.fetch').addEventListener('click', () => fetchAndShow(id));
  find('.invalidate').addEventListener('click', () => invalidate(id));
  let shown;
  return {
    card,
    /** Shows the article, undefined if it is not cached. */
    show(article) {
      const state = article ? `cached by ${whoIs(article.fetchedBy)}` : 'not cached';
      const now = `${state} ${article?.fetchedBy.page}`;
      if (now === shown) return;
      const isFirst = shown === undefined;
      shown = now;
      find('h3').textContent = article?.title ?? `Article ${id}`;
      find('.state').textContent = state;
      find('.invalidate').disabled = !article;
      card.classList.toggle('cached', Boolean(article));
      card.style.setProperty('--by', article ? colorOf(article.fetchedBy.name) : '');
      if (!isFirst) flash(card);
    },
  };
}

const whoIs = ({ name }) => (name === me.name ? 'this window' : `window ${name}`);

function flash(card) {
  card.animate([{ backgroundColor: 'var(--raised)' }, {}], { duration: 700, easing: 'ease-out' });
}

/** Shows all articles, and what becomes of them. */
export function showArticles(fetchAndShow) {
  const cards = IDS.map((id) => createCard(id, fetchAndShow));
  document.getElementById('articles').append(...cards.map(({ card }) => card));
  const look = async () => {
    // Each of them is a look into this window's mirror, and no message.
    const articles = await Promise.all(IDS.map(cachedArticle));
    for (const [index, { show }] of cards.entries()) show(articles[index]);
    showEntries(articles.filter(Boolean).length);
  };
  look();
  setInterval(look, LOOK_EVERY_MS);
}
