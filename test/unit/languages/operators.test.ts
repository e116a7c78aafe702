import { describe, expect, test } from "vitest";

import { proposeEdits } from "../../../src/languages/mutants/operators.ts";
import { normaliseText } from "../../../src/languages/syntax/normalise-text.ts";
import { noteLeftOut, proposePatches } from "../../../src/languages/mutants/propose-patches.ts";

/** What becomes of the text, one line a proposal. */
function list(source: string, language: string): readonly string[] {
  return proposeEdits(source, { file: "a", language }).map(
    ({ original, replacement, by }) =>
      `${by.kind === "operator" ? by.name : ""}: ${original} → ${replacement}`,
  );
}

describe("text operators", () => {
  test("change relations, numbers, logic and what is returned", () => {
    expect(list("if a < 10 and not b:\n    return c + 1\n", "python")).toEqual([
      "relational: < → <=",
      "relational: < → >=",
      "number: 10 → 11",
      "number: 10 → 9",
      "logical: and → or",
      "negation: not  → ",
      "return-value: c + 1 → None",
      "arithmetic: + → -",
      "number: 1 → 2",
      "number: 1 → 0",
    ]);
  });

  test.each([
    ["python", '"""1 < 2"""\nx = "3 < 4"  # 5 < 6\n'],
    ["python", "'''\n1 < 2\n'''\n"],
    ["go", '// 1 < 2\n/* 3 < 4\n5 < 6 */\nx := "7 < 8" + `9\n< 10`\n'],
    ["lua", "-- 1 < 2\n--[[ 3 < 4\n5 < 6 ]]\n"],
    ["perl", "# 1 < 2\n=pod\n\n3 < 4\n\n=cut\n"],
    ["cobol", '# 1 < 2\n// 3 < 4\n"5 < 6"\n'],
  ])("leave comments and strings alone in %s", (language, source) => {
    expect(list(source, language)).toEqual([]);
  });

  test("leave pointers, arrows, type parameters and imports alone", () => {
    const source =
      "import x1 + 2\nfunc f(a *T, m map[string]int) <-chan int { return List<String> }\n";
    expect(list(source, "go")).toEqual([]);
  });

  test("shorten a length by one, and end a loop early", () => {
    expect(list("for i in range(len(xs)):\n    continue\n", "python")).toEqual([
      "off-by-one: len(xs) → (len(xs) - 1)",
      "loop-exit: continue → break",
    ]);
  });

  test("take what Perl returns up to its condition", () => {
    expect(list("return $x if $y;", "perl")).toEqual(["return-value: $x → undef"]);
  });

  test("replace exactly the text that they name", () => {
    const content = "def f(a):\n    return a <= 3 or a != 9\n";
    const { patches } = proposePatches([{ path: "a.py", content }], {
      language: "python",
      most: 100,
    });
    expect(patches.length).toBeGreaterThan(5);
    for (const { offset, original } of patches)
      expect(content.slice(offset, offset + original.length)).toBe(original);
  });

  test("are thinned out evenly where there are too many, and the report says so", () => {
    const content = Array.from({ length: 50 }, (_none, at) => `x${String(at)} = True\n`).join("");
    const found = proposePatches([{ path: "a.py", content }], { language: "python", most: 10 });
    expect(found.patches.map(({ start }) => start.line)).toEqual([
      1, 6, 11, 16, 21, 26, 31, 36, 41, 46,
    ]);
    expect(noteLeftOut(found)).toEqual([
      "40 of 50 patches were left out: each would cost a run of its own.",
    ]);
  });
});

test("texts that differ in comments and blanks only are the same", () => {
  const one = 'x = "# no"  # yes\n\n\ny = 2\n';
  expect(normaliseText(one, { name: "python" })).toBe('x = "# no"\ny = 2');
  expect(normaliseText('x = "# no"\ny = 3', { name: "python" })).not.toBe(
    normaliseText(one, { name: "python" }),
  );
});
