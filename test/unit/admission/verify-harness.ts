import { createSuiteVerifier } from "../../../src/admission/verify.ts";
import type { CardVerdict, ProofFile, VerifyResult } from "../../../src/contract/proof-card.ts";
import { createDeadline } from "../../../src/kernel/clock.ts";
import type { VerifyInput } from "../../../src/ports/gate.ts";
import {
  aCandidate,
  aMutant,
  aProject,
  createFakeClock,
  createFakeTestRunner,
} from "../../../src/testing/index.ts";
import type { FakeBehaviour, FakeRunnerOptions } from "../../../src/testing/index.ts";
import { kills, runGate } from "./gate-harness.ts";

export type Table = Readonly<Record<string, FakeBehaviour>>;

/** Test a kills m1 and alone covers a branch; test b, in a file of its own, kills m2. */
export const TABLE: Table = {
  a: { ...kills("1"), covers: ["index.js#b0.0", "index.js#s1"] },
  b: { ...kills("2"), covers: ["index.js#s1"] },
};
export const FILE_A = "test/regoose/a.test.js";
export const FILE_B = "test/regoose/b.test.js";

/** A suite as `generate` leaves it. */
export interface StandingSuite {
  readonly proof: ProofFile;
  readonly files: Readonly<Record<string, string>>;
}

export async function aSuite(table: Table = TABLE): Promise<StandingSuite> {
  const { result } = await runGate({
    candidates: Object.keys(table).map((id) => aCandidate(id)),
    table,
    printer: { fileOf: ({ id }) => `${id}.test.js` },
  });
  return { proof: result.proof, files: result.files };
}

export interface VerifyCase {
  readonly suite: StandingSuite;
  readonly table?: Table;
  readonly input?: Partial<VerifyInput>;
  readonly runner?: Partial<Omit<FakeRunnerOptions, "table">>;
  readonly timeMs?: number;
  readonly signal?: AbortSignal;
}

export interface Verified {
  readonly result: VerifyResult;
  /** Full title → verdict. */
  readonly verdicts: Readonly<Record<string, CardVerdict>>;
}

/** Verifies a suite on fakes, with the mutants and sources that it was proven against. */
export async function verifySuite(given: VerifyCase): Promise<Verified> {
  const clock = createFakeClock();
  const runner = createFakeTestRunner({ table: given.table ?? TABLE, clock, ...given.runner });
  const result = await createSuiteVerifier({ runner, clock }, { concurrency: 1 }).verify(
    {
      project: aProject(),
      outDir: "test/regoose",
      proof: given.suite.proof,
      files: given.suite.files,
      sources: given.suite.proof.sources,
      mutantBuild: { overlay: { "index.js": "mutants" }, mutants: [aMutant("1"), aMutant("2")] },
      coverageBuild: { overlay: { "index.js": "counters" } },
      reruns: 2,
      deadline: createDeadline(clock, given.timeMs ?? Infinity),
      ...given.input,
    },
    { signal: given.signal ?? new AbortController().signal },
  );
  return {
    result,
    verdicts: Object.fromEntries(
      result.cards.map(({ card, verdict }) => [card.fullTitle, verdict]),
    ),
  };
}

/** The verdicts of both tests where only that of a is out of the ordinary. */
export function onlyA(verdict: Partial<Record<keyof CardVerdict | "reason" | "detail", unknown>>): {
  readonly "test of a": unknown;
  readonly "test of b": unknown;
} {
  return { "test of a": verdict, "test of b": { kind: "holds" } };
}
