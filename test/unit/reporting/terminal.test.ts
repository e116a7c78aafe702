import { createColors } from "picocolors";
import { describe, expect, test } from "vitest";

import type { ReportInput } from "../../../src/reporting/report-input.ts";
import { renderReport } from "../../../src/reporting/render-report.ts";
import { cutTo, toPlain, wrapTo } from "../../../src/reporting/text/plain.ts";
import { renderTerminal } from "../../../src/reporting/text/terminal.ts";
import { aData, aHostileInput, anInput, FINDING } from "./builders.ts";

function render(input: ReportInput, columns = 80, color = false): string {
  return renderTerminal(input, { columns, colors: createColors(color) });
}

describe("the terminal summary", () => {
  test("says what was kept, reached and left", () => {
    const text = render(
      anInput({
        data: {
          findings: [FINDING],
          degradations: ["The baseline is unknown."],
          notes: ["Chosen for you."],
        },
      }),
    );
    for (const part of [
      "Regoose  sign 1.2.3",
      "succeeded",
      "3 kept in 1 file, each seen red on a mutant",
      "test/regoose/",
      "9 proposed, 6 rejected",
      "· adds no branch and no kill: 5",
      "25.0 % →  75.0 %",
      "3/4",
      "1 survived, 1 not covered, 1 run only while loading, 1 not run",
      "1 suspected bug (not part of the suite)",
      "1. Undeclared exception  src/sign.js:1",
      'sign("") throws TypeError',
      "Left out",
      "· The baseline is unknown.",
      "Notes",
      "· Chosen for you.",
      "seed 7 · node runner · sandbox namespace (bubblewrap) · 123,456 executions",
      "\n41.2 s\n",
      "regoose verify test/regoose",
      "regoose report 20261124-081500-3f9a2c --format html",
    ]) {
      expect(text.replace(/\s*\n\s+/g, (gap) => (gap.includes("\n\n") ? "\n" : "\n"))).toContain(
        part,
      );
    }
  });

  test.each([20, 40, 57, 80, 120, 300])("keeps within %i columns", (columns) => {
    const input = anInput({
      project: { name: "a-very-long-package-name-".repeat(8) },
      data: {
        findings: [FINDING, { ...FINDING, summary: "x".repeat(400), where: "y".repeat(200) }],
        degradations: ["z ".repeat(200)],
        notes: ["n ".repeat(200)],
      },
    });
    const limit = Math.max(40, Math.min(100, columns));
    for (const line of render(input, columns).split("\n"))
      expect(line.length).toBeLessThanOrEqual(limit);
  });

  test("has no escape sequence without colour, and the same text with it", () => {
    const plain = render(anInput());
    expect(plain).not.toContain("\u001b");
    const coloured = render(anInput(), 80, true);
    expect(coloured).toContain("\u001b[");
    // eslint-disable-next-line no-control-regex -- strips what colour added
    expect(coloured.replace(/\u001b\[\d+m/g, "")).toBe(plain);
  });

  test("shows control characters of hostile text instead of sending them", () => {
    const text = render(aHostileInput(), 100);
    // eslint-disable-next-line no-control-regex -- looks for what must not be there
    expect(text).not.toMatch(/[\u0000-\u0009\u000b-\u001f\u2028\u202e]/);
    expect(text).toContain("\\u001b[31m");
  });

  test("an empty run says so and offers nothing to verify", () => {
    const data = aData();
    const text = render(
      anInput({
        project: { version: null },
        data: {
          outcome: "failed",
          suite: { ...data.suite, files: [], tests: 0 },
          candidates: { ...data.candidates, rejected: {} },
          coverage: {
            baseline: null,
            suite: { ...data.coverage.suite, branches: { covered: 0, total: 0 } },
          },
          mutation: {
            baseline: data.mutation.suite,
            suite: { ...data.mutation.suite, survived: 0, notCovered: 0, loadTime: 0, notRun: 0 },
          },
          reproducible: false,
        },
      }),
    );
    expect(text).toContain("none kept");
    expect(text).toContain("not reproducible");
    expect(text).not.toContain("regoose verify");
    expect(text).toMatch(/Branches\s+–/);
  });

  test("shows five findings and counts the rest", () => {
    const text = render(anInput({ data: { findings: Array.from({ length: 8 }, () => FINDING) } }));
    expect(text).toContain("5.");
    expect(text).not.toContain("6. ");
    expect(text).toContain("… and 3 more in the report");
  });

  test("is what the format `terminal` renders", async () => {
    expect(await renderReport("terminal", anInput())).toBe(render(anInput()));
    expect(await renderReport("terminal", anInput(), { columns: 60, color: true })).toBe(
      render(anInput(), 60, true),
    );
  });
});

describe("plain text", () => {
  test("makes what moves the cursor visible", () => {
    expect(toPlain("a\nb\tc\r\u001b[2J\u202e\ud800")).toBe("a\\nb\\tc\\r\\u001b[2J\\u202e�");
  });

  test("is cut with an ellipsis", () => {
    expect(cutTo("abcdef", 4)).toBe("abc…");
    expect(cutTo("abcd", 4)).toBe("abcd");
    expect(cutTo("😀😀😀", 2)).toBe("😀…");
  });

  test("is wrapped at blanks, and within a word that is too long", () => {
    expect(wrapTo("one two three", 7)).toEqual(["one two", "three"]);
    expect(wrapTo("abcdefgh", 3)).toEqual(["abc", "def", "gh"]);
    expect(wrapTo("abcdef", 3)).toEqual(["abc", "def"]);
    expect(wrapTo("", 3)).toEqual([""]);
  });
});
