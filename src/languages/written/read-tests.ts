import type { Language } from "../../contract/language.ts";
import type { ReadTests } from "../../ports/written-tests.ts";
import { listExpectedLines } from "./list-expected.ts";
import { splitFile } from "./split.ts";

/** Reads test files of a language without a parser for it. */
export function createTestReader(language: Language): ReadTests {
  return (text) => {
    const { tests, assertions } = splitFile(text, language);
    if (tests.length === 0) return { kind: "unreadable", why: "it holds no test by its layout" };
    return {
      kind: "read",
      titles: tests.map(({ fullTitle }) => fullTitle),
      sources: new Map(
        tests.map(({ fullTitle, start, end }) => [fullTitle, text.slice(start, end)]),
      ),
      assertions,
      expected: listExpectedLines(text, assertions),
    };
  };
}
