import { describe, expect, test } from "vitest";
import { addCoverage, readCoverage } from "../../../src/execution/read-coverage.ts";

const RANGE = { start: { line: 2, column: 1 }, end: { line: 2, column: 5 } };
const FILE = {
  path: "/somewhere/else.js",
  statementMap: { 0: RANGE },
  fnMap: { 0: { name: "f", decl: RANGE, loc: RANGE } },
  branchMap: { 0: { type: "if", locations: [RANGE, { start: {}, end: {} }] } },
  s: { 0: 3 },
  f: { 0: 1 },
  b: { 0: [2, 1] },
};
const KNOWN = new Set(["a.js", "b.js"]);
const read = (dump: unknown): ReturnType<typeof readCoverage> =>
  readCoverage(Buffer.from(typeof dump === "string" ? dump : JSON.stringify(dump)), KNOWN);

describe("a coverage dump", () => {
  test("is named by what was instrumented, with lines where instrumenters leave them out", () => {
    expect(read({ "a.js": FILE, "stranger.js": FILE })).toEqual({
      "a.js": {
        ...FILE,
        path: "a.js",
        fnMap: { 0: { name: "f", decl: RANGE, loc: RANGE, line: 2 } },
        branchMap: {
          0: {
            type: "if",
            loc: RANGE,
            line: 2,
            // An absent `else` has no place of its own.
            locations: [RANGE, { start: { line: 0, column: 0 }, end: { line: 0, column: 0 } }],
          },
        },
      },
    });
  });

  test("keeps lines and places that are there; null means to the end of the line", () => {
    const toEnd = { start: { line: 1, column: 0 }, end: { line: 1, column: null } };
    const map = read({
      "a.js": {
        ...FILE,
        statementMap: { 0: toEnd },
        fnMap: { 0: { name: "f", decl: RANGE, loc: RANGE, line: 9 } },
        branchMap: {
          0: { type: "if", loc: RANGE, line: 8, locations: [] },
          1: { type: "if", locations: [] },
        },
      },
    });
    expect(map?.["a.js"]?.statementMap["0"]?.end.column).toBe(Number.MAX_SAFE_INTEGER);
    expect(map?.["a.js"]?.fnMap["0"]?.line).toBe(9);
    expect(map?.["a.js"]?.branchMap).toMatchObject({ 0: { line: 8 }, 1: { line: 0 } });
  });

  test.each([
    ["no JSON", "{"],
    ["no record", []],
    ["a count below zero", { "a.js": { ...FILE, s: { 0: -1 } } }],
    ["a key that is no number", { "a.js": { ...FILE, b: { __proto__x: [1] } } }],
    ["a file that is none", { "a.js": 5 }],
  ])("with %s is refused", (_name, dump) => {
    expect(read(dump)).toBeNull();
  });

  test("that is missing is no dump", () => {
    expect(readCoverage(null, KNOWN)).toBeNull();
  });
});

describe("the sum of dumps", () => {
  test("adds counters of the same file and keeps the others", () => {
    const one = read({ "a.js": FILE });
    const more = read({ "a.js": { ...FILE, s: {}, b: { 0: [5] } }, "b.js": FILE });
    const sum = addCoverage(one, more);
    expect(sum?.["a.js"]).toMatchObject({ s: { 0: 3 }, f: { 0: 2 }, b: { 0: [7, 1] } });
    expect(sum?.["b.js"]?.s).toEqual({ 0: 3 });
    expect([addCoverage(null, one), addCoverage(one, null)]).toEqual([one, one]);
    expect(addCoverage(null, null)).toBeNull();
  });

  test("leaves out arms that the other dump does not have", () => {
    const without = read({ "a.js": { ...FILE, b: {} } });
    expect(addCoverage(read({ "a.js": FILE }), without)?.["a.js"]?.b).toEqual({ 0: [2, 1] });
  });
});
