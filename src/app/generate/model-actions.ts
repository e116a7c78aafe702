import type { AdmissionResult, MutantVerdict } from "../../contract/admission.ts";
import { titleOf, type Rejection } from "../../contract/candidate.ts";
import type { PatchMutant } from "../../contract/patch-mutant.ts";
import { toSentence } from "../../contract/to-sentence.ts";
import { defineAction, type Action } from "../../orchestration/action.ts";
import { admissionSchema } from "../../reporting/report-schema.ts";
import { admitCandidates } from "./admit.ts";
import { toPatchBuilds } from "./patch-builds.ts";
import { listUnderBugs } from "./under-bugs.ts";
import { requireModelCodeLevel } from "../model-code-level.ts";
import { STEP_RETRY } from "../step-limits.ts";
import { forGate, withSignal, type ForGate, type LayGround } from "./actions.ts";
import type { RunScope } from "./run-scope.ts";
import { modelWorkSchema, type ModelWork } from "./step-schemas.ts";

interface ForModels extends ForGate {
  readonly admission: AdmissionResult;
}

const forModels = forGate.extend({ admission: admissionSchema });

interface ForProof extends ForModels {
  readonly work: ModelWork;
}

/** Asks models for what the search has left. Answers that were paid for are in the run's folder. */
export function createExploreAction(
  scopeOf: () => RunScope,
  layGround: LayGround,
): Action<ForModels, ModelWork> {
  return defineAction({
    name: "ask-models",
    title: "asking models",
    input: forModels,
    output: modelWorkSchema,
    effects: "outside",
    // Answers that were paid for are found in the run's folder by their question.
    isIdempotent: true,
    retry: STEP_RETRY,
    run: async ({ facts, ...searched }, { signal }) => {
      // A run of the search alone loads nothing of this.
      const { exploreGaps } = await import("./explore.ts");
      return await exploreGaps(
        withSignal(scopeOf(), signal),
        await layGround(facts, signal),
        searched,
      );
    },
    describe: ({ candidates, findings, proposed, ended, calls, tokens }) => ({
      ...{ proposed, ended, calls, tokens },
      candidates: candidates.length,
      findings: findings.length,
    }),
  });
}

/** Proves the suite of both: tests of the search that were kept, and those of models. */
export function createCombineAction(
  scopeOf: () => RunScope,
  layGround: LayGround,
): Action<ForProof, AdmissionResult> {
  return defineAction({
    name: "prove-suite",
    title: "proving the whole suite",
    input: forModels.extend({ work: modelWorkSchema }),
    output: admissionSchema,
    effects: "none",
    retry: STEP_RETRY,
    run: async ({ facts, baseline, proposal, admission, work }, { signal, markPartial }) => {
      const isEmpty = work.candidates.length === 0 && work.findings.length === 0;
      if (isEmpty) return withRejections(admission, work);
      const rejected = new Set(admission.rejections.map(({ candidateId }) => candidateId));
      const kept = proposal.candidates.filter(({ id }) => !rejected.has(id));
      const ground = await layGround(facts, signal);
      const scope = withSignal(scopeOf(), signal);
      // An earlier process may have had a stronger sandbox, or the word of whoever typed.
      const { settings } = scope.plan;
      requireModelCodeLevel(ground.probe.level, settings, "tests and faults of a model");
      const candidates = [...kept, ...work.candidates];
      const underFinding = await listUnderBugs(scope, ground, candidates, work.findings);
      if (work.candidates.length === 0 && underFinding.length === 0)
        return withRejections(admission, work);
      const known = listKnown(work, scope.plan.outDir);
      const open = work.faults.patches.filter((patch) => !known.some(isOf(patch)));
      const patches = toPatchBuilds(open, ground.sources);
      const result = await admitCandidates(scope, ground, {
        ...{ baseline, candidates, underFinding, patches },
      });
      if (result.isCancelled === true) markPartial();
      // Where time was too short to prove it all again, the suite of the search stands as it was proven.
      const isCut = result.proof.cards.length < admission.proof.cards.length - underFinding.length;
      if (isCut) {
        const detail = "time was too short to prove it with the rest";
        const untried = work.candidates.map((candidate): Rejection => ({
          ...{ candidateId: candidate.id, reason: "not-tried", detail },
          title: titleOf(candidate),
        }));
        const cut = { ...work, rejections: [...work.rejections, ...untried] };
        return withRejections(admission, cut, toSentence("models-late", {}));
      }
      return {
        ...withRejections(result, work),
        ...(known.length === 0 ? {} : { patches: [...known, ...(result.patches ?? [])] }),
        rejections: [...admission.rejections, ...result.rejections, ...work.rejections],
        lostInWriting: {
          admitted: admission.lostInWriting.admitted + result.lostInWriting.admitted,
          lost: admission.lostInWriting.lost + result.lostInWriting.lost,
        },
      };
    },
    describe: ({ proof, mutation }) => ({ tests: proof.cards.length, mutation }),
  });
}

/** Faults that the project's own tests notice: no test is admitted for those. */
function listKnown({ faults }: ModelWork, outDir: string): readonly MutantVerdict[] {
  return faults.verdicts.filter(({ killedBy }) =>
    killedBy.some((key) => !key.startsWith(`${outDir}/`)),
  );
}

const isOf =
  ({ id }: PatchMutant) =>
  ({ mutant }: MutantVerdict): boolean =>
    mutant.id === id;

function withRejections(
  admission: AdmissionResult,
  work: ModelWork,
  ...notes: readonly string[]
): AdmissionResult {
  const { verdicts } = work.faults;
  return {
    ...admission,
    // Where nothing was proven anew, what the suite made of them stands.
    ...(admission.patches === undefined && verdicts.length > 0 ? { patches: verdicts } : {}),
    rejections: [...admission.rejections, ...work.rejections],
    notes: [...admission.notes, ...notes],
  };
}
