import { readTestFile } from "./test-calls.ts";

/** Where a test stands in a file. */
export interface LocatedTest {
  /** Suite titles and its own joined by ` > `. */
  readonly fullTitle: string;
  /** From `test(` to the closing `);`. */
  readonly source: string;
}

/**
 * Finds the tests of a printed file after formatting, in the order in which they stand there.
 * @throws SyntaxError when the text does not parse.
 */
export function locateTests(text: string, isTypeScript: boolean): LocatedTest[] {
  return readTestFile(text, isTypeScript).tests.map(({ fullTitle, start, end }) => ({
    fullTitle,
    source: text.slice(start, end),
  }));
}
