/** A value as the text that came, decoded when it is first read: most of what a mirror is told, nobody there reads. */
export class EncodedValue {
  /** Characters of the text. */
  readonly size: number;
  #text: string | undefined;
  #value: unknown;

  constructor(text: string) {
    this.#text = text;
    this.size = text.length;
  }

  /** The value, the same each time; undefined if the text is none of JSON. */
  get value(): unknown {
    if (this.#text !== undefined) {
      this.#value = decodeJson(this.#text);
      this.#text = undefined;
    }
    return this.#value;
  }
}

/** The value of a JSON text; undefined, a miss, if somebody sent what is none. */
export function decodeJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
