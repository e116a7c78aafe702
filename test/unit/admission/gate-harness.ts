import type { AdmissionResult } from "../../../src/contract/admission.ts";
import type { Candidate } from "../../../src/contract/candidate.ts";
import { createGate } from "../../../src/admission/gate.ts";
import type { GateDeps, GateOptions } from "../../../src/admission/run.ts";
import { recallRuns } from "../../../src/execution/recall-runs.ts";
import { createDeadline, createForwardClock } from "../../../src/kernel/clock.ts";
import type { AdmitInput, AdmitProgress } from "../../../src/ports/gate.ts";
import type { RunReports } from "../../../src/ports/run-reports.ts";
import {
  aMutant,
  aProject,
  createFakeClock,
  createFakeSuitePrinter,
  createFakeTestRunner,
} from "../../../src/testing/index.ts";
import type {
  FakeBehaviour,
  FakePrinterOptions,
  FakeRunnerOptions,
  FakeSuitePrinter,
  FakeTestRunner,
} from "../../../src/testing/index.ts";

export interface GateCase {
  /** What test runs of an interrupted gate reported, and where those of this one are kept. @defaultValue none */
  readonly reports?: RunReports;
  readonly candidates: readonly Candidate[];
  readonly table: Readonly<Record<string, FakeBehaviour>>;
  readonly mutants?: readonly string[];
  readonly printer?: FakePrinterOptions;
  readonly runner?: Partial<Omit<FakeRunnerOptions, "table">>;
  readonly input?: Partial<AdmitInput>;
  readonly options?: Partial<GateOptions>;
  readonly typeCheck?: GateDeps["typeCheck"];
  /** Milliseconds; no end when left out. */
  readonly timeMs?: number;
  readonly signal?: AbortSignal;
}

export interface GateRunResult {
  readonly result: AdmissionResult;
  readonly runner: FakeTestRunner;
  readonly printer: FakeSuitePrinter;
  readonly progress: readonly AdmitProgress[];
  /** Candidate id → reason it was rejected for. */
  readonly reasons: Readonly<Record<string, string>>;
  /** Titles of the kept tests, as the cards name them. */
  readonly kept: readonly string[];
}

/** Runs the gate on fakes. Kills add value, so a test with a reaction of its own is kept. */
export async function runGate(given: GateCase): Promise<GateRunResult> {
  const fakeClock = createFakeClock();
  const runner = createFakeTestRunner({ table: given.table, clock: fakeClock, ...given.runner });
  const clock = createForwardClock(fakeClock);
  const { reports } = given;
  const printer = createFakeSuitePrinter(given.printer);
  const { typeCheck } = given;
  const gate = createGate(
    {
      runner: reports === undefined ? runner : recallRuns(runner, { reports, clock }),
      ...{ printer, clock },
      ...(typeCheck === undefined ? {} : { typeCheck }),
    },
    given.options,
  );
  const progress: AdmitProgress[] = [];
  const mutants = (given.mutants ?? toMutants(given.table)).map((id) => aMutant(id));
  const result = await gate.admit(
    {
      project: aProject(),
      runner: "node",
      outDir: "test/regoose",
      candidates: given.candidates,
      underFinding: [],
      baseline: null,
      mutantBuild: { overlay: { "index.js": "mutants" }, mutants },
      coverageBuild: { overlay: { "index.js": "counters" } },
      sources: { "index.js": "hash of index.js" },
      seed: 1,
      reruns: 5,
      engine: "search 0.1.0",
      sandboxLevel: "namespace",
      deadline: createDeadline(clock, given.timeMs ?? Infinity),
      ...given.input,
    },
    {
      signal: given.signal ?? new AbortController().signal,
      onProgress: (moment) => progress.push(moment),
    },
  );
  return {
    result,
    runner,
    printer,
    progress,
    reasons: Object.fromEntries(result.rejections.map((one) => [one.candidateId, one.reason])),
    kept: result.proof.cards.map((card) => card.fullTitle),
  };
}

function toMutants(table: GateCase["table"]): readonly string[] {
  const ids = Object.values(table).flatMap((row) => [
    ...Object.keys(row.reactions ?? {}),
    ...(row.executes ?? []),
  ]);
  return [...new Set(ids)].sort();
}

/** A row that is red on one mutant, by its own assertion. */
export function kills(...switchIds: readonly string[]): FakeBehaviour {
  return { reactions: Object.fromEntries(switchIds.map((id) => [id, "assertion" as const])) };
}

/** A reaction that shows the first `times` times, and never again. */
export function fading(times: number): () => "assertion" | null {
  let seen = 0;
  return () => (seen++ < times ? "assertion" : null);
}
