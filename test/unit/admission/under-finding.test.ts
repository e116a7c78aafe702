import { describe, expect, test } from "vitest";
import { isUnderFinding } from "../../../src/admission/under-finding.ts";
import type { Candidate } from "../../../src/contract/candidate.ts";
import type { Statement, ValueGene } from "../../../src/contract/program.ts";
import { aCandidate, aProgram } from "../../../src/testing/index.ts";
import { kills, runGate } from "./gate-harness.ts";

const EXPORTED: ValueGene = { kind: "export", path: ["Money", "parse"] };

function calling(statement: Statement): Candidate {
  return aCandidate("a", { program: aProgram({ statements: [statement] }) });
}

function passing(gene: ValueGene): Candidate {
  return calling({ kind: "call", callee: ["each"], args: [gene], awaits: false });
}

describe("a candidate is under a finding", () => {
  test("that names it", () => {
    expect(isUnderFinding(aCandidate("a"), ["a"])).toBe("finding a");
  });

  test("about an export that it calls", () => {
    expect(isUnderFinding(aCandidate("a"), ["index.js#add"])).toBe("index.js#add");
  });

  test.each<[string, ValueGene]>([
    ["directly", EXPORTED],
    ["in an array", { kind: "array", items: [{ kind: "null" }, EXPORTED] }],
    ["in an object", { kind: "object", entries: [["parse", EXPORTED]] }],
  ])("about an export that it hands over %s", (_how, gene) => {
    expect(isUnderFinding(passing(gene), ["index.js#Money.parse"])).toBe("index.js#Money.parse");
  });
});

describe("a candidate is under no finding", () => {
  test("when there is none", () => {
    expect(isUnderFinding(aCandidate("a"), [])).toBeNull();
  });

  test("when it calls another export, or the same name of another module", () => {
    const entries = ["index.js#sub", "other.js#add", "index.js#add.of"];
    expect(isUnderFinding(aCandidate("a"), entries)).toBeNull();
  });

  test("when it only reads", () => {
    const reads = calling({ kind: "get", receiver: 0, name: "size" });
    expect(isUnderFinding(reads, ["index.js#size"])).toBeNull();
  });
});

test("the gate refuses a candidate that is under a finding", async () => {
  const other = aCandidate("b", {
    program: aProgram({
      statements: [{ kind: "call", callee: ["sub"], args: [], awaits: false }],
    }),
  });
  const { reasons, kept } = await runGate({
    candidates: [aCandidate("a"), other],
    table: { a: kills("1"), b: kills("2") },
    input: { underFinding: ["index.js#add"] },
  });
  expect(kept).toEqual(["test of b"]);
  expect(reasons).toEqual({ a: "under-finding" });
});
