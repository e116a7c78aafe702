import { describe, expect, test } from "vitest";

import type { Gap } from "../../../src/contract/agents.ts";
import { createFrontier } from "../../../src/model/frontier.ts";

const SOURCES = [
  { path: "a.js", content: "\n".repeat(99) },
  { path: "b.js", content: "\n".repeat(99) },
  { path: "long.js", content: "\n".repeat(999) },
];

function aGap(name: string, mutants: number, parts: Partial<Gap> = {}): Gap {
  const mutant = { id: "m", line: 1, was: "a", becomes: "b" };
  return {
    ...{ file: "a.js", name, lines: { first: 1, last: 10 }, branches: [] },
    mutants: Array.from({ length: mutants }, () => mutant),
    ...parts,
  };
}

/** Names in the order in which they are taken. */
function drain(frontier: ReturnType<typeof createFrontier>): readonly (string | null)[] {
  const names: (string | null)[] = [];
  for (let gap = frontier.take(); gap !== null; gap = frontier.take()) names.push(gap.name);
  return names;
}

describe("the frontier", () => {
  test("gives the gap with the least cost for each kill first", () => {
    const lines = { first: 1, last: 400 };
    const gaps = [
      aGap("one", 1),
      aGap("wide", 2, { file: "long.js", lines }),
      aGap("five", 5),
      aGap("branches", 0, { branches: [1, 2] }),
    ];
    expect(drain(createFrontier(gaps, SOURCES))).toEqual(["five", "one", "wide", "branches"]);
  });

  test("learns where questions bring nothing, and asks elsewhere", () => {
    const gaps = [aGap("a1", 6), aGap("a2", 6), aGap("a3", 6), aGap("b1", 4, { file: "b.js" })];
    const frontier = createFrontier(gaps, SOURCES);
    const gap = frontier.take();
    expect(gap?.name).toBe("a1");
    if (gap !== null) frontier.note(gap, { tokens: 2_000, kills: 0 });
    expect(drain(frontier)).toEqual(["b1", "a2", "a3"]);
    expect(drain(createFrontier(gaps, SOURCES))).toEqual(["a1", "a2", "a3", "b1"]);
  });

  test("knows no price before something was measured, and none of nothing", () => {
    const frontier = createFrontier([aGap("a", 6), aGap("b", 6)], SOURCES);
    expect(frontier.priceOf(1)).toEqual({ kind: "unknown" });
    const gap = frontier.take();
    if (gap !== null) frontier.note(gap, { tokens: 0, kills: 0 });
    expect(frontier.priceOf(1)).toEqual({ kind: "unknown" });
    expect(frontier.priceOf(0)).toEqual({ kind: "unknown" });
  });

  test("prices kills by what those before took, and says where gaps do not suffice", () => {
    const priceAt = (tokens: number, kills: number): ReturnType<typeof frontier.priceOf> => {
      const next = createFrontier([aGap("a", 10), aGap("b", 10)], SOURCES);
      const gap = next.take();
      if (gap !== null) next.note(gap, { tokens, kills });
      return next.priceOf(2);
    };
    const frontier = createFrontier([], []);
    const cheap = priceAt(2_000, 8);
    const dear = priceAt(20_000, 8);
    const hard = priceAt(2_000, 0);
    expect([cheap.kind, dear.kind]).toEqual(["estimate", "estimate"]);
    if (cheap.kind !== "estimate" || dear.kind !== "estimate") return;
    expect(dear.tokens).toBeGreaterThan(cheap.tokens * 3);
    expect(hard).toEqual({ kind: "out-of-reach" });
    expect(frontier.priceOf(1)).toEqual({ kind: "unknown" });
  });

  test("takes a gap back that was not asked about", () => {
    const frontier = createFrontier([aGap("a", 1)], SOURCES);
    const gap = frontier.take();
    expect(frontier.take()).toBeNull();
    if (gap !== null) frontier.putBack(gap);
    expect(drain(frontier)).toEqual(["a"]);
  });
});
