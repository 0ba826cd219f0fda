// The pages of the shop, as HTML. They are given the API, and do not know where its answers come from.

const ESCAPES = { '&': '&amp;', '<': '&lt;', '>': '&gt;', '"': '&quot;', "'": '&#39;' };

/** A template whose values are escaped; lists of such templates are joined. */
function html(strings, ...values) {
  const text = values.map((value) =>
    [value]
      .flat()
      .map((each) => each?.html ?? String(each).replace(/[&<>"']/g, (sign) => ESCAPES[sign]))
      .join('\n'),
  );
  return { html: String.raw({ raw: strings }, ...text) };
}

const price = (cents) => `${(cents / 100).toFixed(2)} €`;

function page(title, user, content) {
  return html`<!doctype html>
<html lang="en">
<head><meta charset="utf-8"><title>${title}</title></head>
<body>
<header><a href="/">Shop</a> Hello, ${user.name} &lt;${user.email}&gt;</header>
<main>
${content}
</main>
</body>
</html>
`.html;
}

const orderLine = ({ number, note, cents }) =>
  html`<li><b>${number}</b> ${note} <i>${price(cents)}</i></li>`;

const productLink = ({ id, name, cents }) =>
  html`<li><a href="/products/${id}">${name}</a> <i>${price(cents)}</i></li>`;

/** What a user has ordered, and what there is to buy. */
export async function homePage(api) {
  const [user, orders, products] = await Promise.all([api.user(), api.orders(), api.products()]);
  const content = html`<h1>Your orders</h1>
<ul>
${orders.map(orderLine)}
</ul>
<h1>Products</h1>
<ul>
${products.map(productLink)}
</ul>`;
  return page('Home', user, content);
}

/** One product, and who looks at it. */
export async function productPage(api, id) {
  const [user, product] = await Promise.all([api.user(), api.product(id)]);
  const content = html`<h1>${product.name}</h1>
<p>${product.description}</p>
<p><b>${price(product.cents)}</b></p>`;
  return page(product.name, user, content);
}
