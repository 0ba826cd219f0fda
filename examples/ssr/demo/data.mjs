// What the shop has: its users with their orders, and its products. Whatever belongs to a user names the user, so that
// it is recognised where it does not belong.

import { createHash, randomUUID } from 'node:crypto';

export const PRODUCTS = 60;
const ORDERS = 24;
const numbersTo = (count) => Array.from({ length: count }, (_, index) => index + 1);
const nameOf = (user) => `user-${user}`;

const RUN = randomUUID();

/** The secret that a user's browser sends: in each run another one. */
export const sessionOf = (user) =>
  createHash('sha256')
    .update(`${RUN} ${nameOf(user)}`)
    .digest('hex')
    .slice(0, 32);

export const userOf = (user) => ({ name: nameOf(user), email: `${nameOf(user)}@shop.example` });

export const ordersOf = (user) =>
  numbersTo(ORDERS).map((order) => ({
    number: `${nameOf(user)}-order-${order}`,
    note: `Packed with care & sent to ${nameOf(user)}, who was "not at home". `.repeat(4),
    cents: 1000 + user * 7 + order,
  }));

/** One product. */
export const productOf = (id) => ({
  id,
  name: `Product ${id}`,
  cents: 100 * id - 1,
  description: `Product ${id} is well made, and lasts longer than one would think. `.repeat(24),
});

/** All of them, with more than a list shows, as APIs are. */
export const products = () => numbersTo(PRODUCTS).map(productOf);

/** Whose data a page shows: the numbers of the users. */
export const usersIn = (html) =>
  new Set([...html.matchAll(/user-(\d+)/g)].map(([, user]) => Number(user)));
