import { describe, expect, test } from "vitest";
import type { TypeCheck, TypeDiagnostic } from "../../../src/ports/project-tools.ts";
import { aCandidate } from "../../../src/testing/index.ts";
import { kills, runGate } from "./gate-harness.ts";
import type { GateCase, GateRunResult } from "./gate-harness.ts";

const FILE = "test/regoose/fake.test.js";
const TABLE: GateCase["table"] = { a: kills("1"), b: kills("2"), c: kills("3") };

function runTyped(typeCheck: TypeCheck, more: Partial<GateCase> = {}): Promise<GateRunResult> {
  const candidates = Object.keys(TABLE).map((id) => aCandidate(id));
  return runGate({ candidates, table: TABLE, typeCheck, ...more });
}

/** Complains about the lines of a file that hold a text. */
function complainOf(text: string, file = FILE): TypeCheck {
  return (files) => {
    const lines = (files[file] ?? "").split("\n");
    const found = lines.flatMap((line, index): TypeDiagnostic[] =>
      line.includes(text) ? [{ file, line: index + 1, message: `TS1: ${text}` }] : [],
    );
    return Promise.resolve(found);
  };
}

describe("the type check", () => {
  test("lets everything pass that it has nothing to say about", async () => {
    const { kept } = await runTyped(() => Promise.resolve([]));
    expect(kept).toHaveLength(3);
  });

  test("rejects the test that a complaint stands in, with what it says", async () => {
    const { result, kept } = await runTyped(complainOf('subject("b")'));
    expect(kept).toEqual(["test of a", "test of c"]);
    expect(result.rejections).toMatchObject([
      { candidateId: "b", reason: "type-error", detail: 'TS1: subject("b")' },
    ]);
  });

  test("finds the test behind a complaint that stands outside of all", async () => {
    const { reasons, kept } = await runTyped((files) => {
      const isHit = (files[FILE] ?? "").includes("candidate c");
      return Promise.resolve(isHit ? [{ file: FILE, line: 2, message: "TS2: import" }] : []);
    });
    expect(kept).toEqual(["test of a", "test of b"]);
    expect(reasons).toEqual({ c: "type-error" });
  });

  test("rejects all that a complaint may be about when nothing is left for a closer look", async () => {
    const { kept, reasons } = await runTyped(complainOf("import"), {
      options: { isolationRuns: 0 },
    });
    expect(kept).toEqual([]);
    expect(reasons).toEqual({ a: "type-error", b: "type-error", c: "type-error" });
  });

  test("blames no one for a complaint about a file that was not printed", async () => {
    const { kept } = await runTyped(() =>
      Promise.resolve([{ file: "index.js", line: 1, message: "TS3: of the project's own" }]),
    );
    expect(kept).toHaveLength(3);
  });

  test("is not asked where nothing was printed", async () => {
    let calls = 0;
    const { kept } = await runTyped(
      () => {
        calls += 1;
        return Promise.resolve([]);
      },
      { printer: { refuse: () => "cannot be printed" } },
    );
    expect(kept).toEqual([]);
    expect(calls).toBe(0);
  });
});
