import { describe, expect, test } from "vitest";

import { judgePatches } from "../../../src/admission/judge-patches.ts";
import type { PatchBuild } from "../../../src/contract/mutant.ts";
import { createDeadline } from "../../../src/kernel/clock.ts";
import type { TestRunner } from "../../../src/ports/runner.ts";
import type { FakeMoment } from "../../../src/testing/fake-behaviour.ts";
import {
  aCandidate,
  aMutant,
  createFakeClock,
  createFakeTestRunner,
  type FakeBehaviour,
  type FakeOutcome,
} from "../../../src/testing/index.ts";
import { kills, runGate } from "./gate-harness.ts";
import { verifySuite } from "./verify-harness.ts";

const aPatch = (id: string): PatchBuild => ({
  mutant: { ...aMutant(id), id, switchId: id, mutator: "patch:agent" },
  overlay: { "index.js": `patched ${id}` },
});
const PATCHES = [aPatch("p1"), aPatch("p2"), aPatch("p3")];

/** Does what `outcome` says where the patch is laid over the sources, and passes on anything else. */
const onPatch =
  (id: string, outcome: FakeOutcome) =>
  ({ request }: FakeMoment): FakeOutcome =>
    request.overlay["index.js"] === `patched ${id}` ? outcome : "passed";

const TABLE: Readonly<Record<string, FakeBehaviour>> = {
  a: { ...kills("1") },
  b: { executes: ["1"], outcome: onPatch("p1", "failed") },
  c: { executes: ["1"], outcome: onPatch("p2", "breaks-file") },
  d: { executes: ["1"] },
};
const candidates = ["a", "b", "c", "d"].map((id) => aCandidate(id));
const printer = { fileOf: ({ id }: { readonly id: string }) => `${id}.test.js` };

describe("mutants beside the build", () => {
  test("admit a test that is red on nothing else, and stand on its card", async () => {
    const { result, kept, reasons } = await runGate({
      ...{ candidates, table: TABLE, printer, mutants: ["1"] },
      input: { patches: PATCHES },
    });
    expect(kept).toEqual(["test of a", "test of b"]);
    // Red on no assertion of its own, and green on all: neither is proven by a patch.
    expect(reasons).toEqual({ c: "never-red", d: "never-red" });
    expect(result.proof.cards.map((card) => card.kills)).toEqual([["m1"], ["p1"]]);
    expect(result.proof.cards.map((card) => card.mutants)).toEqual([undefined, "patch"]);
    expect(result.proof.mutants.map(({ mutator }) => mutator)).toContain("patch:agent");
    expect(result.patches?.map(({ status, killedBy }) => [status, killedBy])).toEqual([
      ["killed", ["test/regoose/b.test.js::test of b"]],
      ["survived", []],
      ["survived", []],
    ]);
    // They count in no score.
    expect(result.mutation.total).toBe(1);
  });

  test("are tried no further where they are known already", async () => {
    const baseline = {
      ...{ coverage: null, summary: null, mutation: null, problem: null },
      kills: ["m1", "p1"],
    };
    const { kept, reasons } = await runGate({
      ...{ candidates, table: TABLE, printer, mutants: ["1"] },
      input: { patches: PATCHES, baseline },
    });
    expect(kept).toEqual([]);
    expect(reasons).toMatchObject({ a: "adds-nothing", b: "adds-nothing" });
  });

  test("are looked at again by verify, and missed where their place is gone", async () => {
    const { result } = await runGate({
      ...{ candidates: candidates.slice(0, 2), table: TABLE, printer, mutants: ["1"] },
      input: { patches: PATCHES },
    });
    const suite = { proof: result.proof, files: result.files };
    const verdictOf = async (patches: readonly PatchBuild[], table = TABLE): Promise<unknown> => {
      const { verdicts } = await verifySuite({ suite, table, input: { patches } });
      return verdicts["test of b"];
    };
    expect(await verdictOf(PATCHES)).toEqual({ kind: "holds" });
    expect(await verdictOf([])).toMatchObject({ kind: "broken", reason: "mutant-gone" });
    const green = { ...TABLE, b: { executes: ["1"] } };
    expect(await verdictOf(PATCHES, green)).toMatchObject({ kind: "broken", reason: "not-red" });
  });

  test("are told from one another by a suite as it stands", async () => {
    const clock = createFakeClock();
    const runner = createFakeTestRunner({ table: TABLE, clock });
    const { result } = await runGate({
      ...{ candidates: candidates.slice(0, 2), table: TABLE, printer, mutants: ["1"] },
      input: { patches: PATCHES },
    });
    const tests = result.proof.cards.map(({ file, fullTitle }) => ({
      ...{ file: `test/regoose/${file}`, fullTitle },
    }));
    const judge = (timeMs: number, files = result.files): ReturnType<typeof judgePatches> =>
      judgePatches(
        runner,
        {
          ...{ files, patches: PATCHES, existing: [], deadline: createDeadline(clock, timeMs) },
          tests: Object.keys(files).length === 0 ? [] : tests,
        },
        { signal: new AbortController().signal, concurrency: 2 },
      );
    const statusesOf = async (run: ReturnType<typeof judge>): Promise<readonly string[]> =>
      (await run).map(({ status }) => status);
    expect(await statusesOf(judge(Infinity))).toEqual(["killed", "survived", "survived"]);
    expect(await statusesOf(judge(0))).toEqual(["notRun", "notRun", "notRun"]);
    expect(await statusesOf(judge(Infinity, {}))).toEqual(["survived", "survived", "survived"]);
  });

  test("are noticed by the project's own tests, too", async () => {
    const clock = createFakeClock();
    const fake = createFakeTestRunner({ table: TABLE, clock });
    const own = "test/own.test.js";
    const runner: TestRunner = {
      ...fake,
      async run(request, call) {
        const report = await fake.run(request, call);
        const isRed = request.overlay["index.js"] === "patched p2";
        const result = { file: own, fullTitle: "own", durationMs: 1, failure: null };
        return request.run.includes(own)
          ? { ...report, tests: [{ ...result, status: isRed ? "failed" : "passed" }] }
          : report;
      },
    };
    const verdicts = await judgePatches(
      runner,
      {
        ...{ files: {}, tests: [], patches: PATCHES, existing: [own] },
        deadline: createDeadline(clock, Infinity),
      },
      { signal: new AbortController().signal, concurrency: 2 },
    );
    expect(verdicts.map(({ status, killedBy }) => [status, killedBy])).toEqual([
      ["survived", []],
      ["killed", ["test/own.test.js::own"]],
      ["survived", []],
    ]);
  });
});
