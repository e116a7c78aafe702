import { expect, test } from "vitest";

import { createLedger } from "../../../src/admission/ledger.ts";
import { prove } from "../../../src/admission/prove.ts";
import { createSession } from "../../../src/admission/session.ts";
import { createPrintSuite } from "../../../src/admission/suite.ts";
import { createDeadline } from "../../../src/kernel/clock.ts";
import {
  aCandidate,
  aMutant,
  aProject,
  createFakeClock,
  createFakeSuitePrinter,
  createFakeTestRunner,
} from "../../../src/testing/index.ts";
import { kills } from "./gate-harness.ts";

const MANY = Array.from({ length: 400 }, (_none, index) => `x${String(index)}`);

/** Proves files of three tests, the last of which is red on none of the many mutants it executes. */
async function proveWithin(timeMs: number): Promise<Awaited<ReturnType<typeof prove>>> {
  const clock = createFakeClock();
  const table = { a: kills("1"), b: kills("2"), c: { executes: MANY } };
  const runner = createFakeTestRunner({ table, clock, costs: { startMs: 1_000 } });
  const candidates = ["a", "b", "c"].map((id) => aCandidate(id));
  const signal = new AbortController().signal;
  const print = createPrintSuite(
    { printer: createFakeSuitePrinter() },
    { project: aProject(), runner: "node", outDir: "test/regoose" } as never,
    signal,
  );
  const deadline = createDeadline(clock, timeMs);
  const session = createSession(
    { runner },
    { runTimeoutMs: 60_000, concurrency: 2, deadline, signal },
  );
  return prove(
    { session, print, allowance: { left: 10 }, ledger: createLedger(candidates), clock },
    {
      suite: await print(candidates, false),
      reruns: [],
      patches: [],
      coverageOverlay: {},
      mutantOverlay: {},
      mutants: ["1", "2", ...MANY].map((id) => aMutant(id)),
      evidence: new Map(),
      pairTimeoutMs: 1_000,
      roundMs: 0,
    },
  );
}

test("names the test that time was too short for, and leaves time to write the others", async () => {
  const outcome = await proveWithin(12_500);
  expect(outcome).toMatchObject({ kind: "refuted" });
  const blamed = outcome.kind === "refuted" ? [...outcome.blamed] : [];
  expect(blamed.map(([id, { reason }]) => [id, reason])).toEqual([["c", "not-tried"]]);
});

test("says that a test was never red once all of its mutants were tried", async () => {
  const outcome = await proveWithin(600_000);
  const blamed = outcome.kind === "refuted" ? [...outcome.blamed] : [];
  expect(blamed.map(([id, { reason }]) => [id, reason])).toEqual([["c", "never-red"]]);
});
