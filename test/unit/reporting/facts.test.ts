import { describe, expect, test } from "vitest";

import {
  formatDuration,
  formatNumber,
  formatPercent,
  plural,
  toDetected,
  toFileRows,
  toLineHits,
  totalMs,
} from "../../../src/reporting/facts.ts";
import { toSuiteTests } from "../../../src/reporting/suite-tests.ts";
import { aCard, aData, anInput, FILE, TEST_FILE } from "./builders.ts";

describe("figures", () => {
  test.each([
    [null, "–"],
    [0, "0.0 %"],
    [99.99, "99.9 %"],
    [100, "100 %"],
    [70.25, "70.2 %"],
    [(100 * 7) / 10, "70.0 %"],
  ])("%s percent reads %s", (percent, text) => {
    expect(formatPercent(percent)).toBe(text);
  });

  test.each([
    [12, "12 ms"],
    [12_340, "12.3 s"],
    [245_000, "4 min 5 s"],
  ])("%i ms reads %s", (durationMs, text) => {
    expect(formatDuration(durationMs)).toBe(text);
  });

  test("numbers are grouped and nouns agree", () => {
    expect(formatNumber(1_234_567)).toBe("1,234,567");
    expect(plural(1, "test")).toBe("1 test");
    expect(plural(2, "branch", "branches")).toBe("2 branches");
  });

  test("a run takes its measured total, else the sum of its phases", () => {
    expect(totalMs(aData())).toBe(41_234);
    expect(totalMs(aData({ timings: { a: 1, b: 2 } }))).toBe(3);
  });

  test("killed and timed-out mutants are detected, of all", () => {
    expect(toDetected(aData().mutation.suite)).toEqual({ covered: 4, total: 8 });
  });

  test("rows count statements, branch arms and functions of each file", () => {
    expect(toFileRows({ "b.js": FILE, "a.js": FILE }).map((row) => row.path)).toEqual([
      "a.js",
      "b.js",
    ]);
    expect(toFileRows({ "a.js": FILE })[0]).toMatchObject({
      statements: { covered: 3, total: 4 },
      branches: { covered: 2, total: 4 },
      functions: { covered: 1, total: 2 },
    });
  });

  test("a line has the hits of its busiest statement", () => {
    expect([...toLineHits(FILE)]).toEqual([
      [2, 3],
      [3, 1],
      [6, 0],
    ]);
  });
});

describe("tests of the suite", () => {
  test("are found in their file with title, line and source", () => {
    const tests = toSuiteTests(anInput());
    expect(tests.map((each) => each.titles)).toEqual([
      ["sign", "returns 1 for n = 5"],
      [
        "sign",
        "returns '-1' for a title that is so long that the formatter breaks the line after the bracket",
      ],
      ["sign", "one line"],
    ]);
    expect(tests[0]).toMatchObject({
      file: "test/regoose/sign.test.js",
      line: 7,
      source: 'test("returns 1 for n = 5", () => {\n  assert.equal(sign(5), 1);\n});',
    });
    expect(tests[1]!.source).toContain("assert.equal(sign(-5), -1);");
    expect(tests[1]!.source!.endsWith(");")).toBe(true);
    expect(tests[2]!.source).toBe('test("one line", () => assert.equal(sign(0), 0));');
  });

  test("keep their title where the source is not found", () => {
    const input = anInput({
      admission: {
        proof: {
          ...anInput().admission.proof,
          cards: [aCard({ fullTitle: "sign > gone" }), aCard({ file: "gone.test.js" })],
        },
      },
    });
    expect(toSuiteTests(input)).toMatchObject([
      { titles: ["sign", "gone"], source: null, line: null },
      { titles: ["sign", "returns 1 for n = 5"], source: null, file: "gone.test.js" },
    ]);
  });

  test("are found by their own title when the runner names suites otherwise", () => {
    const input = anInput({
      admission: {
        proof: {
          ...anInput().admission.proof,
          cards: [aCard({ fullTitle: "file > sign > one line" })],
        },
      },
    });
    expect(toSuiteTests(input)[0]!.line).toBe(18);
  });

  test("with escapes, templates and no closing line are read as text", () => {
    const content =
      'test("a\\u0041\\x42\\n\\u{43}\\u{ffffff}", () => {\n});\nit(`b`, () => {\n  never closed';
    const cards = [aCard({ fullTitle: "aAB\nC" }), aCard({ fullTitle: "b" })];
    const input = anInput({
      admission: {
        files: { "test/regoose/sign.test.js": content },
        proof: { ...anInput().admission.proof, cards },
      },
    });
    expect(toSuiteTests(input).map((each) => each.line)).toEqual([1, 3]);
  });

  test("a file with a computed title is skipped over", () => {
    const content = `test(\n  title,\n  () => {},\n);\n${TEST_FILE}`;
    const input = anInput({ admission: { files: { "sign.test.js": content } } });
    expect(toSuiteTests(input)[0]!.line).toBe(11);
  });
});
