import type { AdmissionResult, Baseline } from "../../contract/admission.ts";
import type { RejectionReason } from "../../contract/candidate.ts";
import type { CoverageSummary } from "../../contract/coverage.ts";
import type {
  GenerateData,
  ModelData,
  RunOutcome,
  UnfinishedModels,
} from "../../contract/envelope.ts";
import { toSentence } from "../../contract/to-sentence.ts";
import type { ProposeResult } from "../../ports/proposer.ts";
import { toPrice } from "./describe-work.ts";
import type { PlanFacts } from "./stored-request.ts";
import type { GroundFacts, ModelWork } from "./step-schemas.ts";

/** What the phases of a run left behind; null where a phase did not happen. */
export interface RunParts {
  readonly plan: PlanFacts;
  readonly runId: string;
  readonly probe: GroundFacts["probe"];
  readonly baseline: Baseline | null;
  readonly proposal: ProposeResult | null;
  readonly admission: AdmissionResult | null;
  /** What models came to; null where none was asked. */
  readonly exploration?: ModelWork | null;
  /** Sentences on sources or types that could not be read. */
  readonly unread: readonly string[];
  readonly isWritten: boolean;
  readonly isCancelled: boolean;
  /** An error ended the run, so that this is only what there was until then. */
  readonly isFailed: boolean;
  readonly timings: Readonly<Record<string, number>>;
}

const NOTHING: CoverageSummary = {
  statements: { covered: 0, total: 0 },
  branches: { covered: 0, total: 0 },
  functions: { covered: 0, total: 0 },
};

/** Draws the envelope's data from the phases. Numbers come from the gate's runs of written files only. */
export function toGenerateData(parts: RunParts): GenerateData {
  const { plan, proposal, admission, baseline, exploration } = parts;
  const tests = admission?.proof.cards.length ?? 0;
  const isKept = parts.isWritten || plan.isDryRun;
  const findings = [...(proposal?.findings ?? []), ...(exploration?.findings ?? [])].sort(
    (one, other) => other.score - one.score,
  );
  const degradations = listDegradations(parts, tests, isKept);
  return {
    runId: parts.runId,
    outcome: toOutcome(parts, tests + findings.length, degradations.length > 0),
    degradations,
    notes: [
      ...plan.notes,
      ...noteSandbox(parts),
      ...(proposal?.notes ?? []),
      ...(admission?.notes ?? []),
      ...(exploration?.notes ?? []),
    ],
    engine: plan.engine,
    seed: plan.settings.seed,
    // What a model answers another time nobody knows.
    reproducible: proposal?.reproducible === true && (exploration?.calls ?? 0) === 0,
    sandbox: { level: parts.probe.level, backend: parts.probe.backend, limits: parts.probe.facts },
    runner: plan.runner,
    suite: {
      directory: plan.outDir,
      files: isKept ? Object.keys(admission?.files ?? {}).sort() : [],
      tests: isKept ? tests : 0,
    },
    candidates: {
      proposed: (proposal?.candidates.length ?? 0) + (exploration?.proposed ?? 0),
      admitted: tests,
      rejected: countRejections(admission),
      lostInWriting: admission?.lostInWriting ?? { admitted: 0, lost: 0 },
    },
    coverage: {
      baseline: baseline?.summary ?? null,
      suite: admission?.coverage.summary ?? NOTHING,
    },
    mutation: {
      baseline: baseline?.mutation ?? null,
      suite: admission?.mutation ?? {
        killed: 0,
        timedOut: 0,
        survived: 0,
        notCovered: 0,
        loadTime: 0,
        notRun: 0,
        total: 0,
      },
    },
    findings,
    timings: parts.timings,
    executions: proposal?.executions ?? 0,
    ...(exploration == null ? {} : { models: toModelData(exploration, admission) }),
  };
}

function toModelData(work: ModelWork, admission: AdmissionResult | null): ModelData {
  const { calls, tokens, usd, known, next, inputs, faults, changes } = work;
  const verdicts = admission?.patches ?? faults.verdicts;
  return {
    ...{ calls, tokens, usd, known, inputs, changes },
    unfinished: toUnfinished(work),
    nextFivePercent:
      next.kind === "estimate" ? { ...next, usd: toPrice(next.tokens, { tokens, usd }) } : next,
    faults: {
      kept: faults.patches.length,
      dropped: faults.dropped,
      living: verdicts.filter(({ status }) => status === "survived").length,
    },
  };
}

/** What a resume with models can go on with; null where they were asked all that they should be. */
export function toUnfinished({ ended, problem, retryAt }: ModelWork): UnfinishedModels | null {
  switch (ended) {
    case "budget":
    case "rate-limited":
    case "model-away":
      return { why: ended, message: problem ?? "", retryAt };
    case "nothing-left":
    case "frontier-flat":
    case "time-over":
      return null;
  }
}

/** What was asked for or could be expected, and is not there: see ADR 0009. */
function listDegradations(parts: RunParts, tests: number, isKept: boolean): readonly string[] {
  const { plan, baseline, proposal, admission } = parts;
  return [
    ...plan.degradations,
    ...parts.unread,
    ...(baseline?.problem == null
      ? []
      : [toSentence("baseline-unknown", { why: baseline.problem })]),
    ...Object.entries(proposal?.loadFailures ?? {}).map(([file, why]) =>
      toSentence("entry-broken", { file, why }),
    ),
    ...(proposal?.degradations ?? []),
    ...(admission?.degradations ?? []),
    ...(parts.exploration?.degradations ?? []),
    ...(tests === 0 ? explainNothing(admission, proposal) : []),
    ...(tests > 0 && !isKept ? [toSentence("suite-unwritten", { tests })] : []),
  ];
}

/** Who asks for a level gets it or an error, so only `auto` can end lower. */
function noteSandbox({ plan, probe }: RunParts): readonly string[] {
  return plan.settings.sandbox === "auto" && probe.level === "guarded"
    ? [toSentence("sandbox-guarded", {})]
    : [];
}

/** Why nothing was kept, by the candidate that stands for most. */
function explainNothing(
  admission: AdmissionResult | null,
  proposal: ProposeResult | null,
): readonly string[] {
  const rejections = admission?.rejections ?? [];
  const counts = countRejections(admission);
  const [first] = [...rejections].sort(
    (left, right) => (counts[right.reason] ?? 0) - (counts[left.reason] ?? 0),
  );
  if (first === undefined) {
    return (proposal?.obstacles ?? [])
      .slice(0, 1)
      .map((why) => toSentence("nothing-found", { why }));
  }
  const title = first.title ?? first.candidateId;
  return [toSentence("suite-empty", { title, why: first.detail })];
}

function toOutcome(parts: RunParts, results: number, isDegraded: boolean): RunOutcome {
  if (parts.isCancelled) return "cancelled";
  if (parts.isFailed || results === 0) return "failed";
  return isDegraded ? "degraded" : "succeeded";
}

function countRejections(
  admission: AdmissionResult | null,
): Readonly<Partial<Record<RejectionReason, number>>> {
  const counts: Partial<Record<RejectionReason, number>> = {};
  for (const { reason } of admission?.rejections ?? []) counts[reason] = (counts[reason] ?? 0) + 1;
  return counts;
}
