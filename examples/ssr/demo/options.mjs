// What the command line says.

import { parseArgs } from 'node:util';

/** The options of the demo. */
export function options() {
  const { values } = parseArgs({
    options: {
      users: { type: 'string', default: '200' },
      pages: { type: 'string', default: '10000' },
      // The other ways end after so many seconds, however many pages they have served by then.
      seconds: { type: 'string', default: '15' },
      // Without the other ways.
      alone: { type: 'boolean', default: false },
      // Another program in place of the shop's server, to see what does not hold of it.
      server: { type: 'string' },
      // Where to write the plot as an SVG.
      svg: { type: 'string' },
    },
  });
  const { users, pages, seconds } = values;
  return { ...values, users: Number(users), pages: Number(pages), seconds: Number(seconds) };
}
