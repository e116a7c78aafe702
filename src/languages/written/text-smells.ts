import type { Language } from "../../contract/language.ts";
import type { ReadSmells } from "../../ports/written-tests.ts";
import { findTextSmell } from "./smells.ts";

/** Condition 6 of the gate by text: smells and duplicates of tests in a language without a parser. */
export function createTextSmells(language: Language): ReadSmells {
  return ({ files, tests }) => {
    const bodies = new Map<string, string>();
    return tests.flatMap(({ candidateId, file, fullTitle, source }) => {
      const body = source.replaceAll(/\s+/gu, " ").replace(toName(fullTitle), "");
      const first = bodies.get(`${file}\n${body}`);
      bodies.set(`${file}\n${body}`, first ?? fullTitle);
      if (first !== undefined)
        return [{ candidateId, reason: "duplicate", detail: `does the same as "${first}"` }];
      const around = tests
        .filter((test) => test.file === file)
        .reduce((text, test) => text.replace(test.source, () => ""), files[file] ?? "");
      const found = findTextSmell({ source, around }, language);
      return found === null ? [] : [{ candidateId, ...found }];
    });
  };
}

const toName = (fullTitle: string): string => fullTitle.split(" > ").at(-1) ?? fullTitle;
