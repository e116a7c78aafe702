import { describe, expect, test } from "vitest";

import { openNormaliser } from "../../../../src/adapters/instrument/normalise.ts";
import { findPatches } from "../../../../src/app/generate/patch-builds.ts";
import { siftFaults, type Sifted } from "../../../../src/app/generate/sift-faults.ts";
import type { Mutant } from "../../../../src/contract/mutant.ts";

const FILE = "src/a.ts";
const SOURCE = `/** Sums. */
export function sum(list: readonly number[], skip = 1): number {
  let total = 0;
  for (const one of list) {
    if (one > skip) {
      total += one;
    }
  }
  return total;
}
`;
const MECHANICAL: Mutant = {
  ...{
    id: "m1",
    switchId: "1",
    file: FILE,
    mutator: "EqualityOperator",
    replacement: "one >= skip",
  },
  range: { start: { line: 5, column: 8 }, end: { line: 5, column: 18 } },
};

function sift(...pairs: readonly (readonly [search: string, replace: string])[]): Sifted {
  return siftFaults(
    pairs.map(([search, replace]) => ({ file: FILE, search, replace, why: "slips" })),
    {
      sources: [{ path: FILE, content: SOURCE }],
      mutants: [MECHANICAL],
      by: "p/m",
      normalise: openNormaliser(),
    },
  );
}

describe("the equivalence pre-pass", () => {
  test.each([
    ["the same text", "total += one;", "total += one;"],
    ["another comment", "let total = 0;", "let total = /* none */ 0; // so far"],
    [
      "another layout and other braces",
      "if (one > skip) {\n      total += one;\n    }",
      "if ((one > skip)) total += one",
    ],
    ["other types", "readonly number[]", "number[]"],
    ["another way to write a number", "let total = 0;", "let total = 0x0;"],
    [
      "other names of locals",
      SOURCE.slice(SOURCE.indexOf("{")),
      SOURCE.slice(SOURCE.indexOf("{")).replaceAll("total", "sum1"),
    ],
  ])("drops what compiles to the code itself: %s", (_what, search, replace) => {
    expect(sift([search, replace])).toEqual({ kept: [], dropped: ["same-as-code"] });
  });

  test("drops what is no patch, does not build, or is another mutant", () => {
    const { kept, dropped } = sift(
      ["gone", "here"],
      ["total", "sum"],
      ["return total;", "return total +;"],
      ["one > skip", "one >= skip"],
      ["if (one > skip) {", "if (one >= skip) { // mechanical too"],
      ["total += one;", "total -= one;"],
      ["      total += one;", "      total -= one"],
    );
    expect(dropped).toEqual([
      "not-found",
      "not-found",
      "does-not-build",
      "same-as-mechanical",
      "same-as-mechanical",
      "same-as-another",
    ]);
    expect(kept.map(({ patch }) => patch)).toMatchObject([
      {
        ...{ file: FILE, original: "+", replacement: "-", start: { line: 6, column: 12 } },
        by: { kind: "agent", name: "p/m", why: "slips" },
      },
    ]);
    expect(kept[0]?.build.mutant.mutator).toBe("patch:agent");
  });

  test("keeps what differs by a value, an operator, or the order of things", () => {
    const { kept } = sift(
      ["let total = 0;", "let total = 1;"],
      ["skip = 1", "skip = 2"],
      ["return total;", "return total - skip;"],
    );
    expect(kept).toHaveLength(3);
  });
});

describe("patches of a proof", () => {
  test("are found again by what they are, and not where the text is another", () => {
    const { kept } = sift(["return total;", "return total - 1;"]);
    const [mutant] = kept.map(({ build }) => build.mutant);
    if (mutant === undefined) throw new Error("nothing was kept");
    const find = (content: string): readonly string[] =>
      findPatches([mutant], [{ path: FILE, content }]).flatMap(
        ({ overlay }) => overlay[FILE] ?? [],
      );
    expect(find(SOURCE)).toEqual([SOURCE.replace("return total;", "return total - 1;")]);
    expect(find(SOURCE.replace("total += one", "total -= one"))).toEqual([]);
    expect(find("")).toEqual([]);
    const forged = { ...mutant, replacement: "process.exit()" };
    expect(findPatches([forged], [{ path: FILE, content: SOURCE }])).toEqual([]);
  });
});
