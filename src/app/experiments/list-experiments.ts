import { chooseExperiments } from "../../config/flags/choose-experiments.ts";
import type { ExperimentSetting } from "../../contract/feature-flags.ts";
import { loadFor } from "../config/print-config.ts";
import type { Clock } from "../../kernel/clock.ts";
import { type ProjectFolders, readExperimentRuns } from "./read-runs.ts";

/** What `regoose experiment list --json` prints of one experiment. */
export interface ListedExperiment extends Omit<ExperimentSetting, "flag"> {
  readonly name: string;
  readonly flag: string;
  /** `idle`: configured, and decides nothing here. `ended`: runs know it, the configuration does not. */
  readonly state: "running" | "idle" | "ended";
  readonly runs: number;
  /** Runs with an outcome. */
  readonly outcomes: number;
  /** Of the first and the last run, ISO 8601; null where there is none. */
  readonly firstAt: string | null;
  readonly lastAt: string | null;
}

export interface ExperimentList {
  readonly experiments: readonly ListedExperiment[];
  /** Sentences on experiments that decide nothing here. */
  readonly notes: readonly string[];
}

/**
 * Experiments that are configured for the project around `cwd`, and those that its runs know, by name.
 * @throws ConfigInvalid (RGS-2001), ConfigUnreadable (RGS-2002)
 */
export async function listExperiments(
  deps: { readonly clock: Clock },
  folders: ProjectFolders,
): Promise<ExperimentList> {
  const loaded = await loadFor({ cwd: folders.cwd, flags: {}, profile: undefined });
  const { deciding, notes } = chooseExperiments(loaded);
  const running = new Set([...deciding.values()].map(({ name }) => name));
  const byName = Map.groupBy(
    await readExperimentRuns(deps, folders),
    ({ exposure }) => exposure.experiment,
  );
  const configured = new Map(loaded.experiments.map((one) => [one.name, one]));
  const names = [...new Set([...configured.keys(), ...byName.keys()])].sort();
  const experiments = names.flatMap((name): ListedExperiment[] => {
    const runs = byName.get(name) ?? [];
    const setting = configured.get(name) ?? runs.at(-1)?.exposure;
    if (setting === undefined) return [];
    const { flag, unit, minimum, variants } = setting;
    return [
      {
        ...{ name, flag, unit, minimum, variants },
        state: running.has(name) ? "running" : configured.has(name) ? "idle" : "ended",
        runs: runs.length,
        outcomes: runs.filter(({ outcome }) => outcome !== null).length,
        firstAt: runs[0]?.at ?? null,
        lastAt: runs.at(-1)?.at ?? null,
      },
    ];
  });
  return { experiments, notes };
}
