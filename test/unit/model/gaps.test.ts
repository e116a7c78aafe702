import { describe, expect, test } from "vitest";

import type { MutantVerdict } from "../../../src/contract/admission.ts";
import type { FileCoverage } from "../../../src/contract/coverage.ts";
import type { MutantStatus, SourceRange } from "../../../src/contract/mutant.ts";
import { findGaps } from "../../../src/model/gaps.ts";

const range = (line: number, column: number, end: number): SourceRange => ({
  start: { line, column },
  end: { line, column: end },
});

function verdict(line: number, status: MutantStatus, file = "a.js"): MutantVerdict {
  const mutant = {
    ...{ id: `m${String(line)}`, switchId: String(line), file, mutator: "Arithmetic" },
    ...{ range: range(line, 2, 7), replacement: "a - b" },
  };
  return { mutant, status, killedBy: [], coveredBy: [] };
}

const CONTENT = [
  "function one() {",
  "  a + b",
  "}",
  "function two() {",
  "  c + d",
  "}",
  "e + f;",
].join("\n");
const COVERAGE: FileCoverage = {
  path: "a.js",
  statementMap: {},
  fnMap: {
    0: {
      name: "one",
      decl: range(1, 0, 1),
      loc: { start: { line: 1, column: 0 }, end: { line: 3, column: 1 } },
      line: 1,
    },
    1: {
      name: "two",
      decl: range(4, 0, 1),
      loc: { start: { line: 4, column: 0 }, end: { line: 6, column: 1 } },
      line: 4,
    },
  },
  branchMap: {
    0: { type: "if", loc: range(5, 2, 7), locations: [range(5, 2, 4), range(5, 5, 7)], line: 5 },
  },
  s: {},
  f: {},
  b: { 0: [1, 0] },
};

const find = (
  mutants: readonly MutantVerdict[],
  map = { "a.js": COVERAGE },
): ReturnType<typeof findGaps> =>
  findGaps({ mutants, coverage: { map } } as unknown as Parameters<typeof findGaps>[0], [
    { path: "a.js", content: CONTENT },
  ]);

describe("gaps of a suite", () => {
  test("stand by function, with the text of what could change", () => {
    const gaps = find([verdict(2, "survived"), verdict(5, "notCovered"), verdict(7, "survived")]);
    expect(gaps.map(({ name }) => name)).toEqual(["two", "one", null]);
    expect(gaps[0]).toEqual({
      file: "a.js",
      name: "two",
      lines: { first: 4, last: 6 },
      mutants: [{ id: "m5", line: 5, was: "c + d", becomes: "a - b" }],
      branches: [5],
    });
  });

  test("are none where everything was killed, timed out, was not run or runs while loading", () => {
    const statuses = ["killed", "timedOut", "notRun", "loadTime"] as const;
    expect(
      find(
        statuses.map((status, index) => verdict(index + 1, status)),
        {} as never,
      ),
    ).toEqual([]);
  });

  test("are whole files where nothing was measured", () => {
    const [gap] = find([verdict(2, "notCovered")], {} as never);
    expect(gap).toMatchObject({ name: null, lines: { first: 1, last: 7 } });
  });
});
