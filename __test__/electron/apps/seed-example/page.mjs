import { createAlova } from 'alova';

let requests = 0;

const alova = createAlova({
  id: 'seed-example',
  l1Cache: window.pscAdapter,
  requestAdapter: () => {
    requests += 1;
    return {
      response: async () => ({ title: 'An article' }),
      headers: async () => ({}),
      abort() {},
    };
  },
});

window.fetchArticle = async () => {
  const method = alova.Get('http://origin.invalid/article');
  const article = await method;
  return { article, requests, fromCache: method.fromCache };
};
