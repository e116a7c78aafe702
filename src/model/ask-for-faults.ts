import type { Gap } from "../contract/agents.ts";
import { proposeFaults } from "./agents/mutant.ts";
import { withFaults } from "./gaps.ts";
import type { Team } from "./team.ts";

/** Files whose history is asked about; each costs a question. */
export const MOST_FILES = 3;

/**
 * Has the Mutant agent propose faults from what was mended before, and has them tried. Those that no test notices are
 * gaps like any other, with the fault that was in mind.
 */
export async function askForFaults(team: Team): Promise<readonly Gap[]> {
  const { deps, input, signal, agents } = team;
  const { tryFaults } = deps;
  if (tryFaults === undefined) return input.gaps;
  for (const history of (input.histories ?? []).slice(0, MOST_FILES)) {
    if (input.isOver()) break;
    deps.onStep?.(`asking how ${history.file} breaks`);
    const faults = await proposeFaults(agents.mutant, input.project, history, signal);
    deps.onMessage?.(
      {
        ...{ to: "mutant", kind: "propose-faults", file: history.file },
        fixes: history.fixes.length,
      },
      faults.length > 0
        ? { kind: "faults", faults }
        : { kind: "nothing", why: "the answer held no fault" },
    );
    if (faults.length === 0) continue;
    deps.onStep?.(`trying faults of ${history.file}`);
    const trial = await tryFaults({ faults, by: input.modelName }, { signal });
    team.faults = {
      patches: [...team.faults.patches, ...trial.patches],
      verdicts: [...team.faults.verdicts, ...trial.verdicts],
      dropped: team.faults.dropped + trial.dropped,
    };
  }
  const living = new Set(
    team.faults.verdicts
      .filter(({ status }) => status === "survived")
      .map(({ mutant }) => mutant.id),
  );
  return withFaults(
    input.gaps,
    team.faults.patches.filter(({ id }) => living.has(id)),
    input.sources,
  );
}
