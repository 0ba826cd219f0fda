// The page: articles, what was fetched, and the buttons above them.

import { clear, fetchArticle } from './api.mjs';
import { IDS, showArticles } from './articles.mjs';
import { showHeader } from './header.mjs';
import { showRequest } from './log.mjs';
import { colorOf, me } from './me.mjs';

const on = (id, listener) => document.getElementById(id).addEventListener('click', listener);

async function fetchAndShow(id) {
  showRequest(await fetchArticle(id));
}

document.title = `Window ${me.name} · psc-native`;
document.body.style.setProperty('--own', colorOf(me.name));
showHeader();
showArticles(fetchAndShow);

on('fetch-all', () => IDS.forEach(fetchAndShow));
on('clear', clear);
on('open', () => window.demo.openWindow());
on('reload', () => location.reload());
