/** Something that must not happen has happened. */
export class Violation extends Error {
  /** @param operations - The few operations that show it. */
  constructor(what, operations = []) {
    super(what);
    this.operations = operations;
  }
}
