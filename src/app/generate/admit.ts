import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { createGate } from "../../admission/gate.ts";
import type { AdmissionResult, Baseline } from "../../contract/admission.ts";
import type { PatchBuild } from "../../contract/mutant.ts";
import type { Candidate } from "../../contract/candidate.ts";
import { createSuitePrinter } from "../../emission/suite-printer.ts";
import { recallRuns } from "../../execution/recall-runs.ts";
import { createDeadline, createForwardClock } from "../../kernel/clock.ts";
import type { AdmitProgress } from "../../ports/gate.ts";
import type { SuitePrinter } from "../../ports/suite-printer.ts";
import { openGateRuns } from "./kept-runs.ts";
import type { RunScope } from "./run-scope.ts";
import { createProjectRunner } from "./project-runner.ts";
import { findProjectTools, type ProjectTools } from "./project-tools.ts";
import type { Ground } from "./prepare.ts";

/** A file of the private copy as text; null where there is none. */
export const readStagedFile = (folder: string, path: string): Promise<string | null> =>
  readFile(join(folder, path), "utf8").catch(() => null);

/** Time kept back for writing files and the report, ms; less of it where there is little. */
const RESERVE_MS = 2_000;
const RESERVE_SHARE = 0.1;

/** What the gate is to decide on, and how. */
export interface Admittance {
  readonly baseline: Baseline | null;
  readonly candidates: readonly Candidate[];
  /** Ids of candidates that must not be asserted; the search leaves its own out by itself. @defaultValue [] */
  readonly underFinding?: readonly string[];
  /** Mutants beside the build. @defaultValue [] */
  readonly patches?: readonly PatchBuild[];
  /** @defaultValue that of the settings */
  readonly reruns?: number;
  /** Kept back for what comes after, ms. @defaultValue 0 */
  readonly laterMs?: number;
  /** Whether test runs are kept in the run's folder, so that a killed gate takes them up. @defaultValue false */
  readonly isKept?: boolean;
}

/** Lets the gate decide, on the files as they will be written. */
export async function admitCandidates(
  scope: RunScope,
  ground: Ground,
  { baseline, candidates, underFinding = [], patches = [], reruns, ...rest }: Admittance,
): Promise<AdmissionResult> {
  const { plan, options, telemetry } = scope;
  const { laterMs = 0, isKept = false } = rest;
  const clock = createForwardClock(scope.deps.clock);
  options.signal.throwIfAborted();
  // The gate begins anew, at the time at which it began, and hears again what was kept of it.
  const deadline = createDeadline(
    clock,
    plan.deadline.remainingMs() + (isKept ? scope.gatedMs : 0),
  );
  const leftMs = deadline.remainingMs() - laterMs;
  const reserveMs = laterMs + Math.min(RESERVE_MS, Math.max(0, leftMs) * RESERVE_SHARE);
  const { language } = ground;
  const tools = language === null ? await findProjectTools(ground, plan) : NO_TOOLS;
  const runner = await createProjectRunner({ ...scope.deps, telemetry }, ground, {
    ...plan,
    concurrency: plan.settings.workers,
  });
  await using reports = isKept ? await openGateRuns(scope, ground) : null;
  const gate = createGate(
    {
      clock,
      telemetry,
      runner: reports === null ? runner : recallRuns(runner, { reports, clock }),
      printer: language?.printer ?? toScriptPrinter(ground, tools),
      ...(language === null ? {} : { readSmells: language.readSmells }),
      ...(tools.typeCheck === null ? {} : { typeCheck: tools.typeCheck }),
    },
    { concurrency: plan.settings.workers, fewestTests: scope.flags.fewestTests },
  );
  const result = await gate.admit(
    {
      project: plan.project,
      runner: plan.runner,
      ...(language === null ? {} : { language: language.language.name }),
      outDir: plan.outDir,
      candidates,
      underFinding,
      baseline,
      mutantBuild: ground.mutantBuild,
      patches,
      coverageBuild: ground.coverageBuild,
      sources: ground.sourceHashes,
      seed: plan.settings.seed,
      reruns: reruns ?? plan.settings.reruns,
      engine: `search ${scope.deps.version}`,
      sandboxLevel: ground.probe.level,
      deadline: {
        remainingMs: () => Math.max(0, deadline.remainingMs() - reserveMs),
        isOver: () => deadline.remainingMs() <= reserveMs,
      },
    },
    { signal: options.signal, onProgress: toProgressReporter(scope) },
  );
  return { ...result, degradations: [...result.degradations, ...tools.notes] };
}

const NO_TOOLS: ProjectTools = { typeCheck: null, format: null, notes: [] };

function toScriptPrinter({ staged, api }: Ground, { format }: ProjectTools): SuitePrinter {
  const readProjectFile = (path: string): Promise<string | null> =>
    readStagedFile(staged.folder, path);
  return createSuitePrinter({ readProjectFile, ...(format === null ? {} : { format }) }, { api });
}

function toProgressReporter({ plan, options }: RunScope): (progress: AdmitProgress) => void {
  return ({ step, live, killed, mutants }) => {
    options.onProgress({
      phase: `proving (${step})`,
      statements: null,
      branches: null,
      mutants: mutants > 0 ? { killed, total: mutants } : null,
      testsKept: live,
      timeLeftMs: plan.deadline.remainingMs(),
    });
  };
}
