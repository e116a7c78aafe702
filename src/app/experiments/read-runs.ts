import { createRunFolderStore } from "../../adapters/store/run-folder.ts";
import {
  EXPOSURE_RECORD,
  exposureSchema,
  OUTCOME_RECORD,
  outcomeSchema,
} from "../../contract/feature-flags.ts";
import type { ExperimentRun } from "../../experiments/units.ts";
import type { Clock } from "../../kernel/clock.ts";
import type { RunRecords } from "../../ports/run-store.ts";
import { detectRoot } from "../detect-root.ts";

/** Whose runs are looked at. */
export interface ProjectFolders {
  /** A folder in the project whose configuration counts. */
  readonly cwd: string;
  /** Absolute folders of further projects. */
  readonly also: readonly string[];
}

/** Every run that an experiment had its hand in, oldest first. A run in two experiments comes twice. */
export async function readExperimentRuns(
  deps: { readonly clock: Clock },
  { cwd, also }: ProjectFolders,
): Promise<readonly ExperimentRun[]> {
  const roots = [...new Set([cwd, ...also].map(detectRoot))];
  const stores = roots.map((root) => createRunFolderStore(deps, root));
  const stored = await Promise.all(stores.map((store) => store.readLasting()));
  return stored
    .flat()
    .flatMap(toRuns)
    .toSorted((a, b) => (a.at === b.at ? 0 : a.at < b.at ? -1 : 1));
}

function toRuns({ runId, records }: RunRecords): readonly ExperimentRun[] {
  const last = records.findLast(({ name }) => name === OUTCOME_RECORD);
  const outcome = outcomeSchema.safeParse(last?.data);
  return records.flatMap(({ name, at, data }) => {
    const exposure = exposureSchema.safeParse(data);
    if (name !== EXPOSURE_RECORD || !exposure.success) return [];
    return [{ runId, at, exposure: exposure.data, outcome: outcome.data ?? null }];
  });
}
