// Shows an article, and keeps what every render was given and everything that stood on the screen.

import { createAlova } from 'alova';
import { useRequest } from 'alova/client';
import adapterFetch from 'alova/fetch';
import ReactHook from 'alova/react';
import { createElement } from 'react';
import { createRoot } from 'react-dom/client';
import { openAdapter } from './adapter.js';

const params = new URLSearchParams(location.search);
const root = document.getElementById('root');

const alova = createAlova({
  id: 'articles',
  baseURL: params.get('origin'),
  statesHook: ReactHook,
  requestAdapter: adapterFetch(),
  l1Cache: await openAdapter(params.get('adapter')),
  responded: (response) => response.json(),
  cacheLogger: false,
});

const seen = { renders: [], shown: [], answer: undefined };
window.seen = seen;
new MutationObserver(() => seen.shown.push(root.textContent)).observe(root, {
  childList: true,
  characterData: true,
  subtree: true,
});

function Article() {
  const { loading, data } = useRequest(alova.Get('/article')).onSuccess(({ fromCache }) => {
    seen.answer = { fromCache };
  });
  seen.renders.push({ loading, title: data?.title ?? null });
  return createElement('p', null, loading ? 'Loading' : data?.title);
}

createRoot(root).render(createElement(Article));
