import { describe, expect, test } from "vitest";

import { applyPatch, createPatchMutant, toMutant } from "../../../src/contract/patch-mutant.ts";

const SOURCE = "def f(a):\n    return a < 10\n";
const OFFSET = SOURCE.indexOf("<");
const PROPOSAL = {
  file: "src/f.py",
  offset: OFFSET,
  original: "<",
  replacement: "<=",
  by: { kind: "operator", name: "relational" },
} as const;

describe("a mutant that is a patch", () => {
  test("knows its place and can be applied", () => {
    const patch = createPatchMutant(SOURCE, PROPOSAL);
    expect(patch?.start).toEqual({ line: 2, column: 13 });
    expect(patch && applyPatch(SOURCE, patch)).toBe("def f(a):\n    return a <= 10\n");
  });

  test("is the same whoever proposed it, and another in another text", () => {
    const agent = { kind: "agent", name: "qwen", why: "boundary" } as const;
    const one = createPatchMutant(SOURCE, PROPOSAL);
    expect(createPatchMutant(SOURCE, { ...PROPOSAL, by: agent })?.id).toBe(one?.id);
    expect(createPatchMutant(`${SOURCE}\n`, PROPOSAL)?.id).not.toBe(one?.id);
  });

  test("is refused where its text does not stand there, is empty or does not change", () => {
    expect(createPatchMutant(SOURCE, { ...PROPOSAL, offset: 0 })).toBeNull();
    expect(createPatchMutant(SOURCE, { ...PROPOSAL, original: "" })).toBeNull();
    expect(createPatchMutant(SOURCE, { ...PROPOSAL, replacement: "<" })).toBeNull();
    expect(applyPatch("other", { offset: 3, original: "<", replacement: "" })).toBeNull();
  });

  test("stands in reports as any other mutant", () => {
    const patch = createPatchMutant(SOURCE, PROPOSAL);
    expect(patch && toMutant(SOURCE, patch)).toEqual({
      id: patch?.id,
      switchId: patch?.id,
      file: "src/f.py",
      mutator: "patch:relational",
      replacement: "<=",
      range: { start: { line: 2, column: 13 }, end: { line: 2, column: 14 } },
    });
  });
});
