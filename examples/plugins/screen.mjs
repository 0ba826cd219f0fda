// What the calls say, on the terminal: a bar for each call that reports progress, and its logs under its name. Where the
// output is no terminal, lines alone.

import process from 'node:process';

const WIDTH = 30;
const NAME_WIDTH = 8;

/** Shows calls by their names. */
export class Screen {
  #isTerminal = process.stdout.isTTY === true;
  #bars = new Map();
  #drawn = 0;
  #quarters = new Map();

  /** A line that stays. */
  print(line) {
    this.#erase();
    console.log(line);
    this.#draw();
  }

  /** A log line of a call, indented by how deep below it was written. */
  log(name, { level, message }, depth) {
    const mark = level === 'info' ? ' ' : level.toUpperCase();
    this.print(`${name.padEnd(NAME_WIDTH)} ${'  '.repeat(depth)}${mark} ${message}`);
  }

  /** How far a call is. */
  progress(name, { done, total, message }) {
    if (!this.#isTerminal) {
      const quarter = Math.floor((4 * done) / total);
      if (this.#quarters.get(name) === quarter) return;
      this.#quarters.set(name, quarter);
      console.log(`${name.padEnd(NAME_WIDTH)}   ${message} ${done} of ${total}`);
      return;
    }
    this.#erase();
    this.#bars.set(name, { done, total, message });
    this.#draw();
  }

  /** A call is over: its bar goes. */
  done(name) {
    this.#erase();
    this.#bars.delete(name);
    this.#draw();
  }

  #erase() {
    if (this.#drawn > 0) process.stdout.write(`\x1b[${this.#drawn}A\x1b[0J`);
    this.#drawn = 0;
  }

  #draw() {
    for (const [name, { done, total, message }] of this.#bars) {
      const full = Math.round((WIDTH * done) / total);
      const bar = '█'.repeat(full) + '░'.repeat(WIDTH - full);
      console.log(`${name.padEnd(NAME_WIDTH)} ${bar} ${done}/${total} ${message}`);
    }
    this.#drawn = this.#bars.size;
  }
}
