import { FLAGS } from "../../config/flags/registry.ts";
import { type ExperimentReport, LEAST_UNITS, reportExperiment } from "../../experiments/report.ts";
import type { ExperimentRun } from "../../experiments/units.ts";
import type { Clock } from "../../kernel/clock.ts";
import type { RegooseError } from "../../kernel/errors.ts";
import { nearestName } from "../../kernel/nearest-name.ts";
import { loadFor } from "../config/print-config.ts";
import { createExperimentNotFound, createExperimentTooSmall } from "../errors.ts";
import { type ProjectFolders, readExperimentRuns } from "./read-runs.ts";

/** A report, and why it compares nothing where it does not. */
export interface ExperimentAnswer {
  readonly report: ExperimentReport;
  /** RGS-1031 where a variant has too few units; null else. */
  readonly tooSmall: RegooseError | null;
}

/**
 * Compares the variants of an experiment over the stored runs; executes nothing. The configuration need not name the
 * experiment any more.
 * @throws ExperimentNotFound (RGS-1030), ExperimentTooSmall (RGS-1031) where it has no run at all
 */
export async function explainExperiment(
  deps: { readonly clock: Clock },
  folders: ProjectFolders,
  name: string,
): Promise<ExperimentAnswer> {
  const all = await readExperimentRuns(deps, folders);
  const [first, ...rest] = all.filter(({ exposure }) => exposure.experiment === name);
  if (first === undefined) throw await explainAbsence(folders, name, all);
  const { flag } = (rest.at(-1) ?? first).exposure;
  const standard = Object.entries(FLAGS).find(([known]) => known === flag)?.[1].default;
  const report = reportExperiment(
    name,
    [first, ...rest],
    standard === undefined ? null : String(standard),
  );
  const isSmall = report.variants.some(({ ended }) => ended < LEAST_UNITS);
  return { report, tooSmall: isSmall ? createExperimentTooSmall(name, report.variants) : null };
}

async function explainAbsence(
  { cwd }: ProjectFolders,
  name: string,
  runs: readonly ExperimentRun[],
): Promise<RegooseError> {
  const { experiments } = await loadFor({ cwd, flags: {}, profile: undefined });
  const configured = experiments.find((one) => one.name === name);
  if (configured !== undefined)
    return createExperimentTooSmall(
      name,
      Object.keys(configured.variants).map((variant) => ({ variant, exposed: 0, ended: 0 })),
    );
  const known = [
    ...new Set([
      ...experiments.map((one) => one.name),
      ...runs.map(({ exposure }) => exposure.experiment),
    ]),
  ];
  return createExperimentNotFound(name, nearestName(name, known), known);
}
