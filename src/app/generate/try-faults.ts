import { openNormaliser } from "../../adapters/instrument/normalise.ts";
import { judgePatches } from "../../admission/judge-patches.ts";
import type { PatchBuild } from "../../contract/mutant.ts";
import { createDeadline } from "../../kernel/clock.ts";
import type { TryFaults } from "../../ports/written-tests.ts";
import type { Searched } from "./trial.ts";
import { createProjectRunner } from "./project-runner.ts";
import type { Ground } from "./prepare.ts";
import type { RunScope } from "./run-scope.ts";
import { siftFaults } from "./sift-faults.ts";

/** More of them cost a run each, in every proof. */
const MOST_PATCHES = 12;
/** What trying them on the suite may take of the time that is left. */
const TIME_SHARE = 0.2;

/** `living` gets the patches that the suite does not notice, for later trials. */
export function openFaultsTrial(
  scope: RunScope,
  ground: Ground,
  { admission, baseline }: Pick<Searched, "admission" | "baseline">,
  living: PatchBuild[],
): TryFaults {
  let room = MOST_PATCHES;
  return async ({ faults, by }, { signal }) => {
    const { plan, deps, telemetry } = scope;
    const mutants = ground.mutantBuild.mutants;
    const { language } = ground;
    const normalise = language?.normalise ?? openNormaliser();
    const sifted = siftFaults(faults, { sources: ground.sources, mutants, by, normalise });
    const unfit = await language?.findUnfit(sifted.kept.map(({ patch }) => patch));
    const fit = sifted.kept.filter(({ patch }) => unfit?.has(patch.id) !== true);
    const kept = fit.slice(0, room);
    room -= kept.length;
    const verdicts = await judgePatches(
      await createProjectRunner({ ...deps, telemetry }, ground, {
        ...plan,
        concurrency: plan.settings.workers,
      }),
      {
        files: admission.files,
        tests: admission.proof.cards.map(({ file, fullTitle }) => ({
          file: `${plan.outDir}/${file}`,
          fullTitle,
        })),
        patches: kept.map(({ build }) => build),
        // Tests that are red anyway tell nothing.
        existing: baseline?.problem === null ? plan.project.testFiles : [],
        deadline: createDeadline(deps.clock, plan.deadline.remainingMs() * TIME_SHARE),
      },
      { signal, concurrency: plan.settings.workers },
    );
    const isNoticed = new Set(
      verdicts
        .filter(({ status }) => status === "killed" || status === "timedOut")
        .map(({ mutant }) => mutant.id),
    );
    living.push(
      ...kept.map(({ build }) => build).filter(({ mutant }) => !isNoticed.has(mutant.id)),
    );
    return {
      patches: kept.map(({ patch }) => patch),
      verdicts,
      dropped: faults.length - kept.length,
    };
  };
}
