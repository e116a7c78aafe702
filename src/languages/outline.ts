import type { FileCoverage } from "../contract/coverage.ts";
import type { Language } from "../contract/language.ts";
import { toLexis } from "./syntax/lexis.ts";
import { maskText } from "./syntax/mask.ts";

const HEAD =
  /^[ \t]*(?:(?:pub|public|private|protected|export|local|static|async|final)[ \t]+)*(?:def|func|function|sub|fn|fun|proc|defp?|method)[ \t]+(?:\([^)]*\)[ \t]*)?([\w.:]+)/u;

/**
 * The functions of a file by their heads, each up to the next one, as a coverage without counts: what is asked about
 * goes function by function, also where nothing was run yet.
 */
export function toOutline(
  path: string,
  source: string,
  { name: language }: Pick<Language, "name">,
): FileCoverage {
  const lines = maskText(source, toLexis(language)).split("\n");
  const heads = lines.flatMap((line, at) => {
    const name = HEAD.exec(line)?.[1];
    return name === undefined ? [] : [{ name, line: at + 1 }];
  });
  const fnMap = heads.map(({ name, line }, at) => {
    const last = (heads[at + 1]?.line ?? lines.length + 1) - 1;
    const range = { start: { line, column: 0 }, end: { line: last, column: 0 } };
    return { name, line, decl: range, loc: range };
  });
  return {
    path,
    ...{ statementMap: {}, branchMap: {}, s: {}, b: {} },
    fnMap: Object.fromEntries(fnMap.map((one, at) => [String(at), one])),
    f: Object.fromEntries(fnMap.map((_one, at) => [String(at), 0])),
  };
}
