import type { WrittenCandidate } from "../../contract/candidate.ts";
import type { Language } from "../../contract/language.ts";
import type { PrintedSuite, PrintedTest, SuitePrinter } from "../../ports/suite-printer.ts";
import { toTestPath } from "../layout.ts";
import { cutTests } from "./cut.ts";
import { splitFile } from "./split.ts";

/**
 * Prints tests of a language without a printer: each proposed file stays a file of its own, less the tests that are
 * not wanted. Nothing in a test is changed.
 */
export function createTextPrinter(language: Language): SuitePrinter {
  return {
    print({ candidates, outDir }, { signal }) {
      signal.throwIfAborted();
      const written = candidates.filter((one): one is WrittenCandidate => one.origin === "model");
      const files: Record<string, string> = {};
      const tests: PrintedTest[] = [];
      const unprintable: { candidateId: string; reason: string }[] = [];
      const counts = new Map<string, number>();
      for (const members of Map.groupBy(
        written,
        ({ module, text }) => `${module}\n${text}`,
      ).values()) {
        const [first] = members;
        if (first === undefined) continue;
        const index = counts.get(first.module) ?? 0;
        const file = toTestPath({ language, outDir }, first.module, index);
        const text = cutTests(
          first.text,
          new Set(members.map(({ fullTitle }) => fullTitle)),
          language,
        );
        const found = new Map(
          splitFile(text, language).tests.map((test) => [test.fullTitle, test]),
        );
        let isUsed = false;
        for (const { id: candidateId, fullTitle } of members) {
          const test = found.get(fullTitle);
          if (test === undefined) {
            unprintable.push({ candidateId, reason: "it holds no test by its layout" });
            continue;
          }
          isUsed = true;
          tests.push({ candidateId, file, fullTitle, source: text.slice(test.start, test.end) });
        }
        if (!isUsed) continue;
        files[file] = text;
        counts.set(first.module, index + 1);
      }
      return Promise.resolve<PrintedSuite>({ files, tests, unprintable });
    },
  };
}
