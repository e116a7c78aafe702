/** One test as it stands in a file. */
export interface SplitTest {
  /** Names of its classes and its own, joined by ` > `. */
  readonly fullTitle: string;
  /** UTF-16 units from the start of the file, `end` not included: decorators and doc comments are part of it. */
  readonly start: number;
  readonly end: number;
}

/** A test file taken apart; what is no test belongs to every test. */
export interface SplitFile {
  readonly tests: readonly SplitTest[];
  /** Texts of the assertions, in order. */
  readonly assertions: readonly string[];
}
