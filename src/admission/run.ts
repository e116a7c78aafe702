import type { Candidate } from "../contract/candidate.ts";
import type { Clock } from "../kernel/clock.ts";
import { createDeadline } from "../kernel/clock.ts";
import type { AdmitInput, AdmitProgress } from "../ports/gate.ts";
import type { TypeCheck } from "../ports/project-tools.ts";
import type { TestRunner } from "../ports/runner.ts";
import { NO_TELEMETRY, type Telemetry } from "../ports/telemetry.ts";
import type { ReadSmells } from "../ports/written-tests.ts";
import type { SuitePrinter } from "../ports/suite-printer.ts";
import type { Ledger } from "./ledger.ts";
import { createLedger } from "./ledger.ts";
import { createSession } from "./session.ts";
import type { Session } from "./session.ts";
import { createPrintSuite } from "./suite.ts";
import type { PrintSuite } from "./suite.ts";

export interface GateDeps {
  readonly runner: TestRunner;
  readonly printer: SuitePrinter;
  readonly clock: Clock;
  /** Left out where the project does not type-check its tests. */
  readonly typeCheck?: TypeCheck;
  /** For tests that are in no language of the gate's own parser. */
  readonly readSmells?: ReadSmells;
  /** @defaultValue none */
  readonly telemetry?: Telemetry;
}

export interface GateOptions {
  /** Runner processes side by side. @defaultValue 2 */
  readonly concurrency: number;
  /** Limit of one run, ms; a quarter of the time left where that is less. @defaultValue 60000 */
  readonly runTimeoutMs: number;
  /** Limit of one test against one mutant, ms; at most half of the default where time is limited. @defaultValue 3000 */
  readonly pairTimeoutMs: number;
  /** How far past the deadline the proof of the written files may go, ms. @defaultValue 6000 */
  readonly graceMs: number;
  /** How often files are written anew when a written test turns out unstable. @defaultValue 8 */
  readonly maxRounds: number;
  /** Runs that may be spent on telling the tests of a broken file apart. @defaultValue 96 */
  readonly isolationRuns: number;
  /** Of sets with the same sum, keep one of as few tests as can be; else one that is plain to read. @defaultValue false */
  readonly fewestTests: boolean;
}

export const GATE_DEFAULTS: GateOptions = {
  concurrency: 2,
  runTimeoutMs: 60_000,
  pairTimeoutMs: 3_000,
  graceMs: 6_000,
  maxRounds: 8,
  isolationRuns: 96,
  fewestTests: false,
};

/** No run gets less than this, however short the time: a cold start of a runner on a busy machine. */
const LEAST_RUN_MS = 8_000;

/** What one `admit` carries through its steps. */
export interface GateRun {
  readonly input: AdmitInput;
  readonly options: GateOptions;
  readonly clock: Clock;
  readonly typeCheck: TypeCheck | null;
  readonly readSmells: ReadSmells | null;
  readonly ledger: Ledger;
  readonly session: Session;
  /** The session of the written files: the same slots, with the grace added. */
  readonly proving: Session;
  readonly print: PrintSuite;
  readonly allowance: { left: number };
  /** The same for the written files. */
  readonly provingAllowance: { left: number };
  report(step: AdmitProgress["step"], killed?: number): void;
  /** Reports a step and does its work in a span. */
  step<T>(step: AdmitProgress["step"], work: () => Promise<T>): Promise<T>;
  /** Remembers how long one run of the whole suite takes. */
  noteRunMs(durationMs: number): void;
  runMs(): number;
  /** What one round of proving the written files will take, ms, as far as measured. */
  roundMs(): number;
}

export function openGateRun(
  deps: GateDeps,
  input: AdmitInput,
  options: GateOptions,
  call: {
    readonly signal: AbortSignal;
    readonly onProgress: (progress: AdmitProgress) => void;
  },
): GateRun {
  const ledger = createLedger(input.candidates);
  const leftMs = input.deadline.remainingMs();
  const runTimeoutMs = Math.min(options.runTimeoutMs, Math.max(LEAST_RUN_MS, leftMs / 4));
  const session = createSession(deps, {
    ...options,
    runTimeoutMs,
    deadline: input.deadline,
    signal: call.signal,
  });
  let runMs = 0;
  const telemetry = deps.telemetry ?? NO_TELEMETRY;
  const report: GateRun["report"] = (step, killed = 0) => {
    call.onProgress({ ...toProgress(ledger.live(), input), step, killed });
  };
  return {
    input,
    options: Number.isFinite(leftMs)
      ? { ...options, pairTimeoutMs: toPairTimeout(options) }
      : options,
    clock: deps.clock,
    typeCheck: deps.typeCheck ?? null,
    readSmells: deps.readSmells ?? null,
    ledger,
    session,
    proving: session.until(createDeadline(deps.clock, leftMs + options.graceMs)),
    print: createPrintSuite(deps, input, call.signal),
    allowance: { left: options.isolationRuns },
    provingAllowance: toLaterAllowance(options),
    report,
    step(step, work) {
      report(step);
      const attributes = { "gate.candidates": ledger.live().length };
      return telemetry.span(`gate.${step}`, attributes, async (span) => {
        const result = await work();
        span.set({ "gate.left": ledger.live().length });
        return result;
      });
    },
    noteRunMs: (durationMs) => void (runMs = Math.max(runMs, durationMs)),
    runMs: () => runMs,
    roundMs: () => {
      const waves = Math.ceil((input.reruns + 3) / options.concurrency) + 2;
      return Number.isFinite(leftMs) ? waves * runMs * 1.3 : 0;
    },
  };
}

/** Runs for the steps after the first, each its own: what one spent must not leave the next without. */
export function toLaterAllowance({ isolationRuns }: GateOptions): { left: number } {
  return { left: Math.ceil(isolationRuns / 2) };
}

/**
 * A mutant that hangs costs twice its limit and a process. Under a time limit it gets no more than this, ms:
 * a thousand times what the test of a search takes.
 */
const TIMED_PAIR_MS = 1_500;

function toPairTimeout({ pairTimeoutMs }: GateOptions): number {
  return Math.min(pairTimeoutMs, TIMED_PAIR_MS);
}

function toProgress(
  live: readonly Candidate[],
  input: AdmitInput,
): Pick<AdmitProgress, "live" | "proposed" | "mutants"> {
  return {
    live: live.length,
    proposed: input.candidates.length,
    mutants: input.mutantBuild.mutants.length,
  };
}
