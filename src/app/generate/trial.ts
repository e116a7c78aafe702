import type { AdmissionResult, Baseline } from "../../contract/admission.ts";
import type { Candidate } from "../../contract/candidate.ts";
import type { PatchBuild } from "../../contract/mutant.ts";
import type { CoverageMap } from "../../contract/coverage.ts";
import type { ProposeResult } from "../../ports/proposer.ts";
import type { Trial, TryCandidates } from "../../ports/written-tests.ts";
import { admitCandidates } from "./admit.ts";
import type { Ground } from "./prepare.ts";
import type { RunScope } from "./run-scope.ts";

/** What the search has come to. */
export interface Searched {
  readonly baseline: Baseline | null;
  readonly proposal: ProposeResult;
  readonly admission: AdmissionResult;
}

/** What one trial may take. */
export interface TrialLimits {
  /** Kept back for what comes after, ms. */
  readonly laterMs: number;
  readonly reruns: number;
  /** Mutants beside the build that nothing notices; more may come. @defaultValue none */
  readonly patches?: readonly PatchBuild[];
}

/** Where a trial takes place. */
export interface TrialScene {
  readonly scope: RunScope;
  readonly ground: Ground;
  /** What the suite has already. */
  readonly held: Baseline;
  readonly limits: TrialLimits;
}

/** The gate, with what the suite has already as its baseline. */
export function openTrial(
  scope: RunScope,
  ground: Ground,
  held: Baseline,
  limits: TrialLimits,
): TryCandidates {
  return (candidates, { signal }) => tryInGate({ scope, ground, held, limits }, candidates, signal);
}

/** Has the gate decide on candidates of any origin, beside what is held. */
export async function tryInGate(
  { scope, ground, held, limits }: TrialScene,
  candidates: readonly Candidate[],
  signal: AbortSignal,
): Promise<Trial> {
  const quiet = { ...scope, options: { ...scope.options, signal, onProgress: () => undefined } };
  const result = await admitCandidates(quiet, ground, {
    ...{ baseline: held, candidates, reruns: limits.reruns },
    patches: limits.patches ?? [],
    laterMs: Math.min(limits.laterMs, scope.plan.deadline.remainingMs() / 2),
  });
  const rejected = new Set(result.rejections.map(({ candidateId }) => candidateId));
  const kills = new Set(result.proof.cards.flatMap((card) => card.kills));
  const branches = new Set(result.proof.cards.flatMap((card) => card.onlyCovers));
  return {
    admitted: candidates.map(({ id }) => id).filter((id) => !rejected.has(id)),
    rejections: result.rejections,
    added: {
      mutants: [...kills].filter((id) => !held.kills.includes(id)).length,
      branches: [...branches].filter((counter) => !isCovered(held.coverage, counter)).length,
    },
  };
}

/** Whether a branch, named `file#b2.1`, was taken. */
export function isCovered(map: CoverageMap | null, counter: string): boolean {
  const [, file = "", id = "", arm = ""] = /^(.*)#b(\d+)\.(\d+)$/u.exec(counter) ?? [];
  return (map?.[file]?.b[id]?.[Number(arm)] ?? 0) > 0;
}

/** What existing tests and the suite of the search do together. */
export function toHeld(baseline: Baseline | null, admission: AdmissionResult): Baseline {
  const killed = admission.mutants
    .filter(({ status }) => status === "killed" || status === "timedOut")
    .map(({ mutant }) => mutant.id);
  return {
    coverage: mergeBranches(baseline?.coverage ?? {}, admission.coverage.map),
    summary: null,
    mutation: null,
    kills: [...new Set([...(baseline?.kills ?? []), ...killed])],
    problem: null,
  };
}

function mergeBranches(one: CoverageMap, other: CoverageMap): CoverageMap {
  const merged: Record<string, CoverageMap[string]> = { ...one };
  for (const [path, file] of Object.entries(other)) {
    const before = merged[path];
    const b = Object.fromEntries(
      Object.entries(file.b).map(([id, counts]) => [
        id,
        counts.map((count, arm) => count + (before?.b[id]?.[arm] ?? 0)),
      ]),
    );
    merged[path] = { ...file, b };
  }
  return merged;
}
