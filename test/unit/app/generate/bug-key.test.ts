import { describe, expect, test } from "vitest";

import { toBugKey } from "../../../../src/app/generate/try-inputs.ts";
import type { Finding } from "../../../../src/contract/candidate.ts";

function aFinding(observed: string, parts: Partial<Finding> = {}): Finding {
  return {
    ...{ kind: "undeclared-exception", where: "src/a.js:1", summary: "", score: 0.5 },
    evidence: { test: "", observed, expected: "returns number", reproduced: 2 },
    ...parts,
  };
}

describe("a bug that two searches come upon", () => {
  test("is one where they saw the same thrown, or other values of a wrong type", () => {
    const thrown = aFinding("throws TypeError: x is not a function");
    expect(toBugKey({ ...thrown, summary: "f(1) throws", score: 0.9 })).toBe(toBugKey(thrown));
    const wrong = aFinding("NaN", { kind: "type-contradiction" });
    expect(toBugKey({ ...wrong, evidence: { ...wrong.evidence, observed: "null" } })).toBe(
      toBugKey(wrong),
    );
  });

  test("is another where kind, place or what was thrown differ", () => {
    const thrown = aFinding("throws TypeError: x is not a function");
    const others = [
      aFinding("throws RangeError: too deep"),
      { ...thrown, where: "src/a.js:9" },
      { ...thrown, kind: "hang" as const },
    ];
    expect(new Set([thrown, ...others].map(toBugKey)).size).toBe(4);
  });
});
