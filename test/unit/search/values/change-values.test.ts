import { describe, expect, test } from "vitest";

import type { ValueGene } from "../../../../src/contract/program.ts";
import { createRandom } from "../../../../src/kernel/random.ts";
import {
  bytesGene,
  numberGene,
  objectGene,
  stringGene,
} from "../../../../src/search/values/genes.ts";
import { mutateValue } from "../../../../src/search/values/mutate-value.ts";
import { simplifications } from "../../../../src/search/values/simplify-value.ts";
import { collectRefs, mapRefs, valueSize } from "../../../../src/search/values/walk-value.ts";
import { aSource } from "./builders.ts";

const one = numberGene(1);

/** The end of always taking the first simplification that `keeps` accepts. */
function shrink(gene: ValueGene, keeps: (gene: ValueGene) => boolean): ValueGene {
  const next = simplifications(gene).find(keeps);
  return next === undefined ? gene : shrink(next, keeps);
}

describe("mutation", () => {
  const mutants = (gene: ValueGene): readonly ValueGene[] => {
    const random = createRandom("m");
    const source = aSource();
    return Array.from({ length: 300 }, () => mutateValue(random, gene, source));
  };

  test("nudges numbers", () => {
    const values = mutants(numberGene(10)).flatMap((gene) =>
      gene.kind === "number" ? [gene.value] : [],
    );
    for (const expected of [11, 9, -10, 20, 5]) expect(values).toContain(expected);
  });

  test("edits strings near the original", () => {
    const values = mutants(stringGene("hello")).flatMap((gene) =>
      gene.kind === "string" ? [gene.value] : [],
    );
    expect(values).toContain("HELLO");
    expect(values.some((value) => value.startsWith("hello") && value.length > 5)).toBe(true);
    expect(values.some((value) => value.length < 5)).toBe(true);
  });

  test("adds, drops, repeats, sorts and reorders elements", () => {
    const items = [3, 1, 2].map(numberGene);
    const shapes = mutants({ kind: "array", items }).flatMap((gene) =>
      gene.kind === "array"
        ? [JSON.stringify(gene.items.map((item) => ("value" in item ? item.value : null)))]
        : [],
    );
    for (const shape of ["[1,2,3]", "[2,1,3]", "[3,1,2,3]", "[1,2]", "[3]"])
      expect(shapes).toContain(shape);
  });

  test("adds, drops and renames entries", () => {
    const keys = mutants(
      objectGene([
        ["a", one],
        ["b", one],
      ]),
    ).flatMap((gene) => (gene.kind === "object" ? [gene.entries.map(([key]) => key).join()] : []));
    expect(keys).toContain("a");
    expect(keys).toContain("b");
    expect(keys.some((key) => key.startsWith("a,b,"))).toBe(true);
  });

  test.each<ValueGene>([
    { kind: "boolean", value: true },
    { kind: "bigint", value: "5" },
    { kind: "date", epochMs: 0 },
    { kind: "date", epochMs: "NaN" },
    { kind: "date", epochMs: 8.64e15 },
    { kind: "regexp", source: "a", flags: "" },
    { kind: "typed-array", type: "Int8Array", items: [1, 2] },
    bytesGene("x", "Buffer"),
    { kind: "error", type: "Error", message: "x" },
    { kind: "promise", value: one },
    { kind: "map", entries: [[one, one]] },
    { kind: "set", items: [one] },
    { kind: "function", template: { kind: "throws", message: "x" } },
    { kind: "null" },
    { kind: "ref", statement: 0 },
  ])("changes %j", (gene) => {
    const changed = mutants(gene).filter(
      (mutant) => JSON.stringify(mutant) !== JSON.stringify(gene),
    );
    expect(changed.length).toBeGreaterThan(100);
  });

  test("keeps dates within what a Date can hold", () => {
    for (const gene of mutants({ kind: "date", epochMs: 8.64e15 })) {
      if (gene.kind === "date" && gene.epochMs !== "NaN")
        expect(gene.epochMs).toBeLessThanOrEqual(8.64e15);
    }
  });
});

describe("simplification", () => {
  test("prefers the canonical value of a kind", () => {
    expect(simplifications(numberGene(-7.351))[0]).toEqual(numberGene(0));
    expect(simplifications(stringGene("qwerty"))[0]).toEqual(stringGene(""));
    expect(simplifications({ kind: "array", items: [one, one] })[0]).toEqual({
      kind: "array",
      items: [],
    });
    expect(simplifications(objectGene([["k", one]]))[0]).toEqual(objectGene([]));
  });

  test("leaves the simplest alone", () => {
    expect(simplifications({ kind: "undefined" })).toEqual([]);
    expect(simplifications({ kind: "null" })).toEqual([]);
    expect(simplifications(numberGene(0))).toEqual([]);
    expect(simplifications(stringGene(""))).toEqual([]);
    expect(simplifications({ kind: "boolean", value: false })).toEqual([]);
    expect(simplifications({ kind: "ref", statement: 2 })).toEqual([]);
  });

  test("finds the needle in a text", () => {
    const gene = shrink(
      stringGene("xx yy needle zz 123"),
      (c) => c.kind === "string" && c.value.includes("needle"),
    );
    expect(gene).toEqual(stringGene("needle"));
  });

  test("finds the smallest number over a bound", () => {
    expect(shrink(numberGene(913.77), (c) => c.kind === "number" && Number(c.value) > 41)).toEqual(
      numberGene(50),
    );
    expect(shrink(numberGene(-913.5), (c) => c.kind === "number" && Number(c.value) < 0)).toEqual(
      numberGene(-1),
    );
  });

  test("drops elements and entries that do not matter", () => {
    const array: ValueGene = { kind: "array", items: [5, 6, 7, 8, 9].map(numberGene) };
    expect(shrink(array, (c) => c.kind === "array" && c.items.length >= 2)).toEqual({
      kind: "array",
      items: [numberGene(0), numberGene(0)],
    });
    const object = objectGene([
      ["a", stringGene("zzz")],
      ["b", numberGene(12)],
      ["c", one],
      ["d", one],
    ]);
    expect(
      shrink(object, (c) => c.kind === "object" && c.entries.some(([key]) => key === "b")),
    ).toEqual(objectGene([["b", numberGene(0)]]));
  });

  test.each<readonly [ValueGene, ValueGene]>([
    [
      { kind: "bigint", value: "99999" },
      { kind: "bigint", value: "0" },
    ],
    [
      { kind: "symbol", description: "zzzz" },
      { kind: "symbol", description: "a" },
    ],
    [
      { kind: "regexp", source: "(x+)y", flags: "gi" },
      { kind: "regexp", source: "a", flags: "" },
    ],
    [
      { kind: "date", epochMs: 123_456_789 },
      { kind: "date", epochMs: 0 },
    ],
    [bytesGene("a longer text", "Buffer"), bytesGene("", "Buffer")],
    [
      { kind: "typed-array", type: "Int8Array", items: [9, 8, 7] },
      { kind: "typed-array", type: "Int8Array", items: [] },
    ],
    [
      { kind: "error", type: "RangeError", message: "long message" },
      { kind: "error", type: "Error", message: "boom" },
    ],
    [
      { kind: "rejected-promise", message: "some long text" },
      { kind: "rejected-promise", message: "boom" },
    ],
    [
      { kind: "set", items: [numberGene(7), numberGene(8)] },
      { kind: "set", items: [] },
    ],
    [
      { kind: "map", entries: [[stringGene("k"), numberGene(7)]] },
      { kind: "map", entries: [] },
    ],
    [
      { kind: "promise", value: numberGene(50) },
      { kind: "promise", value: numberGene(0) },
    ],
  ])("brings %j to %j within its kind", (from, to) => {
    expect(shrink(from, (candidate) => candidate.kind === from.kind)).toEqual(to);
  });

  test("keeps a map of one entry and simplifies its value", () => {
    const map: ValueGene = {
      kind: "map",
      entries: [
        [stringGene("k"), numberGene(70)],
        [stringGene("l"), one],
      ],
    };
    expect(shrink(map, (c) => c.kind === "map" && c.entries.length > 0)).toEqual({
      kind: "map",
      entries: [[stringGene("l"), numberGene(0)]],
    });
  });

  test.each<readonly [ValueGene, ValueGene]>([
    [
      { kind: "function", template: { kind: "spy", returns: numberGene(33) } },
      { kind: "function", template: { kind: "constant", value: { kind: "undefined" } } },
    ],
    [
      { kind: "function", template: { kind: "operator", operator: "-" } },
      { kind: "function", template: { kind: "constant", value: { kind: "undefined" } } },
    ],
  ])("simplifies the callback %j", (from, to) => {
    expect(shrink(from, (candidate) => candidate.kind === "function")).toEqual(to);
  });

  test("keeps the template of a callback when only that kind will do", () => {
    const within = (gene: ValueGene): ValueGene =>
      shrink(
        gene,
        (c) =>
          c.kind === "function" &&
          gene.kind === "function" &&
          c.template.kind === gene.template.kind,
      );
    expect(
      within({ kind: "function", template: { kind: "property", name: "attributes" } }),
    ).toEqual({
      kind: "function",
      template: { kind: "property", name: "a" },
    });
    expect(
      within({ kind: "function", template: { kind: "throws", message: "something else" } }),
    ).toEqual({
      kind: "function",
      template: { kind: "throws", message: "boom" },
    });
    expect(
      within({
        kind: "function",
        template: { kind: "calls-back", error: null, value: numberGene(50) },
      }),
    ).toEqual({
      kind: "function",
      template: { kind: "calls-back", error: null, value: numberGene(0) },
    });
    expect(
      within({ kind: "function", template: { kind: "async-constant", value: numberGene(9) } }),
    ).toEqual({
      kind: "function",
      template: { kind: "async-constant", value: numberGene(0) },
    });
  });
});

describe("walking", () => {
  const gene: ValueGene = {
    kind: "array",
    items: [
      { kind: "ref", statement: 2 },
      objectGene([["a", { kind: "ref", statement: 0 }]]),
      {
        kind: "map",
        entries: [
          [
            { kind: "ref", statement: 1 },
            { kind: "ref", statement: 2 },
          ],
        ],
      },
      {
        kind: "function",
        template: { kind: "calls-back", error: { kind: "ref", statement: 4 }, value: one },
      },
      { kind: "function", template: { kind: "spy", returns: { kind: "ref", statement: 5 } } },
      { kind: "promise", value: { kind: "ref", statement: 6 } },
    ],
  };

  test("collects each reference once, in order", () => {
    expect(collectRefs(gene)).toEqual([2, 0, 1, 4, 5, 6]);
  });

  test("replaces references by any value", () => {
    expect(collectRefs(mapRefs(gene, () => one))).toEqual([]);
  });

  test("a part is smaller than the whole", () => {
    expect(valueSize(one)).toBeLessThan(valueSize({ kind: "array", items: [one] }));
    expect(valueSize(stringGene("a"))).toBeLessThan(valueSize(stringGene("Z")));
    expect(valueSize(stringGene("z"))).toBeLessThan(valueSize(stringGene("é")));
  });
});
