import { expect, test } from "vitest";

import { seeRed } from "../../../src/admission/kills.ts";
import { createLedger } from "../../../src/admission/ledger.ts";
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

const IDS = ["a", "b", "c", "d"];

/** Looks for reds of four tests; answers who was rejected, and how many processes that took. */
async function lookFor(untilMs: number, untilFairMs: number): Promise<[string[], number]> {
  const clock = createFakeClock();
  const table = Object.fromEntries(IDS.map((id) => [id, kills(`kill ${id}`)]));
  const runner = createFakeTestRunner({ table, clock, costs: { startMs: 400 } });
  const candidates = IDS.map((id) => aCandidate(id));
  const { signal } = new AbortController();
  const print = createPrintSuite(
    { printer: createFakeSuitePrinter() },
    { project: aProject(), runner: "node", outDir: "test/regoose" } as never,
    signal,
  );
  const deadline = createDeadline(clock, 60_000);
  const ledger = createLedger(candidates);
  await seeRed({
    session: createSession({ runner }, { runTimeoutMs: 60_000, concurrency: 2, deadline, signal }),
    ledger,
    suite: await print(candidates, true),
    mutants: IDS.map((id) => aMutant(`kill ${id}`)),
    overlay: {},
    executed: new Map(IDS.map((id) => [id, [`kill ${id}`]])),
    until: createDeadline(clock, untilMs),
    untilFair: createDeadline(clock, untilFairMs),
    pairTimeoutMs: 1_000,
    patches: [],
    onResults: () => undefined,
  });
  return [ledger.rejections().map(({ candidateId }) => candidateId), runner.requests.length];
}

test("goes past its ordinary time while hardly any test was red", async () => {
  expect(await lookFor(0, 10_000)).toEqual([[], 1]);
});

test("rejects what time did not suffice for once there is no more of it", async () => {
  expect(await lookFor(0, 0)).toEqual([IDS, 0]);
});
