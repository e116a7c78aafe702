import type { Experiment, FlagName } from "../../contract/feature-flags.ts";
import type { FlagSettings } from "./flag-schema.ts";

/** Which experiment decides which flag. */
export interface ExperimentChoice {
  readonly deciding: ReadonlyMap<FlagName, Experiment>;
  /** Sentences on experiments that decide nothing. */
  readonly notes: readonly string[];
}

/** A flag that is set is not dealt out; of two experiments on one flag the one of the later source decides. */
export function chooseExperiments(configured: {
  readonly flags: FlagSettings;
  readonly experiments: readonly Experiment[];
}): ExperimentChoice {
  const deciding = new Map<FlagName, Experiment>();
  const notes: string[] = [];
  for (const experiment of configured.experiments) {
    const { name, flag } = experiment;
    const other = deciding.get(flag);
    if (configured.flags[flag] !== undefined)
      notes.push(`experiments.${name} decides nothing here: flags.${flag} is set`);
    else {
      if (other !== undefined)
        notes.push(
          `experiments.${other.name} decides nothing here: experiments.${name} decides ${flag}`,
        );
      deciding.set(flag, experiment);
    }
  }
  return { deciding, notes };
}
