import { readEnvironment } from "../../config/environment.ts";
import { defaultFlags, FLAG_NAMES, FLAGS } from "../../config/flags/registry.ts";
import {
  EXPOSURE_RECORD,
  type Experiment,
  exposureSchema,
  type Exposure,
  type FlagAssignment,
  type FlagEvaluation,
  type FlagName,
  type FlagValues,
} from "../../contract/feature-flags.ts";
import type { ProjectInfo } from "../../contract/project.ts";
import type { RunRecord } from "../../contract/run-record.ts";
import { shortHash } from "../../kernel/hash.ts";
import type { Plan } from "./plan.ts";

/** Decides the feature flags of a run that begins, once for all of it. */
export async function assignFlags(
  runId: string,
  { settings, project, runner }: Pick<Plan, "settings" | "project" | "runner">,
): Promise<FlagAssignment> {
  const { flags, deciding } = settings;
  const projectKey = toProjectKey(project);
  const { evaluateFlags } = await import("../../adapters/flags/open-feature.ts");
  const evaluations = await evaluateFlags({
    definitions: toRecord((flag) => ({
      values: FLAGS[flag].values,
      setting: flags[flag] ?? null,
      experiment: deciding.get(flag) ?? null,
    })),
    defaults: defaultFlags(),
    subject: {
      projectKey,
      runKey: runId,
      attributes: {
        project: project.name,
        runner,
        system: project.system === "esm" ? "esm" : "commonjs",
        packageManager: project.packageManager,
        typescript: project.isTypeScript,
        ci: readEnvironment().isCi,
      },
    },
  });
  return {
    values: toValues(evaluations),
    evaluations,
    exposures: evaluations.flatMap(({ flag, value, experiment }) => {
      const one = experiment === null ? undefined : deciding.get(flag);
      return one === undefined ? [] : [toExposure(one, String(value), { runId, projectKey })];
    }),
  };
}

/**
 * The flags that a stored run went by. What this release does not know of counts as not said: the log may be of
 * another release, or of anyone.
 */
export function readAssignment(records: readonly RunRecord[]): FlagAssignment {
  const start = records.find(({ name }) => name === "run-start");
  const stored = start?.data["flags"];
  const known = typeof stored === "object" && stored !== null ? stored : {};
  const evaluations = FLAG_NAMES.map((flag): FlagEvaluation => {
    const value = (known as Readonly<Record<string, unknown>>)[flag];
    const found = FLAGS[flag].values.find((one) => one === value);
    const reason = found === undefined ? "DEFAULT" : "STATIC";
    return { flag, value: found ?? FLAGS[flag].default, reason, experiment: null };
  });
  const exposures = records.flatMap(({ name, data }): Exposure[] => {
    const parsed = exposureSchema.safeParse(data);
    if (name !== EXPOSURE_RECORD || !parsed.success || !isFlag(parsed.data.flag)) return [];
    return [{ ...parsed.data, flag: parsed.data.flag }];
  });
  return { values: toValues(evaluations), evaluations, exposures };
}

/** Clones of one repository are one unit, and nobody learns from the key which one it is. */
function toProjectKey({ repository, name }: ProjectInfo): string {
  return shortHash(JSON.stringify([repository, name]));
}

function toExposure(
  { name, flag, unit, minimum, variants }: Experiment,
  variant: string,
  keys: { readonly runId: string; readonly projectKey: string },
): Exposure {
  const unitKey = unit === "run" ? keys.runId : keys.projectKey;
  return { experiment: name, flag, unit, minimum, variants, variant, unitKey };
}

function toRecord<T>(of: (flag: FlagName) => T): Readonly<Record<FlagName, T>> {
  return Object.fromEntries(FLAG_NAMES.map((flag) => [flag, of(flag)])) as Record<FlagName, T>;
}

function toValues(evaluations: readonly FlagEvaluation[]): FlagValues {
  return Object.fromEntries(
    evaluations.map(({ flag, value }) => [flag, value]),
  ) as unknown as FlagValues;
}

function isFlag(name: string): name is FlagName {
  return Object.hasOwn(FLAGS, name);
}
