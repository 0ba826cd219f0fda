// Who visits which page, and what the page then has to be.

import { homePage, productPage } from '../app/pages.mjs';
import { ordersOf, PRODUCTS, productOf, products, userOf, usersIn } from './data.mjs';
import { resourceOf } from './origin.mjs';

const TABS = 4;

/** Numbers from 0 to 1 that look random, and are the same in each run. */
function createRandom(seed) {
  let state = seed;
  return () => {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
    return state / 2 ** 32;
  };
}

/**
 * So many visits: first each user comes, and opens the home page in several tabs at once; then everybody looks around.
 */
export function* visitsOf(users, count) {
  const random = createRandom(20_000);
  const below = (bound) => Math.floor(random() * bound);
  for (let number = 0; number < count; number += 1) {
    if (number < users * TABS) yield { user: Math.floor(number / TABS) + 1, path: '/' };
    else {
      const path = random() < 0.5 ? '/' : `/products/${1 + below(PRODUCTS)}`;
      yield { user: 1 + below(users), path };
    }
  }
}

/** What a visit needs of the API. */
export const resourcesOf = ({ user, path }) =>
  (path === '/' ? ['/user', '/orders', '/products'] : ['/user', path]).map((each) =>
    resourceOf(each, user),
  );

const pages = new Map();

/** The page that a visitor has to see, made without a server. */
export async function expectedPage({ user, path }) {
  const name = `${user} ${path}`;
  if (!pages.has(name)) {
    const api = {
      user: () => userOf(user),
      orders: () => ordersOf(user),
      products,
      product: productOf,
    };
    const page =
      path === '/' ? homePage(api) : productPage(api, Number(path.slice('/products/'.length)));
    pages.set(name, await page);
  }
  return pages.get(name);
}

/** What is wrong with an answer: `{ foreign }` if it shows another user's data; undefined if nothing. */
export async function faultOf(visit, { status, body }) {
  const what = `${visit.path} for user-${visit.user}`;
  const foreign = [...usersIn(body)].find((user) => user !== visit.user);
  if (foreign !== undefined)
    return { foreign: true, sentence: `${what} showed data of user-${foreign}.` };
  if (status !== 200) return { sentence: `${what} was answered with status ${status}.` };
  if (body !== (await expectedPage(visit)))
    return { sentence: `${what} was not the page that it should be.` };
  return undefined;
}
