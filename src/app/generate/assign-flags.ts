import { z } from "zod";
import type { FlagQuestion } from "../../adapters/flags/open-feature.ts";
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
import { toSentence } from "../../contract/to-sentence.ts";
import type { Clock } from "../../kernel/clock.ts";
import { toMessage } from "../../kernel/errors.ts";
import { shortHash } from "../../kernel/hash.ts";
import type { Plan } from "./plan.ts";

export interface AssignDeps {
  readonly clock: Clock;
  /** Loads what evaluates flags. @defaultValue OpenFeature with the provider of the configuration */
  readonly loadEvaluate?: () => Promise<
    (question: FlagQuestion) => Promise<readonly FlagEvaluation[]>
  >;
}

/** Takes some 35 ms; a provider that is not there after so long is down. */
const LIMIT_MS = 10_000;

/**
 * Decides the feature flags of a run that begins, once for all of it. Where that cannot be done they have their
 * defaults, and where somebody had set one the run says so: flags choose between ways that hold the same promises.
 */
export async function assignFlags(
  deps: AssignDeps,
  runId: string,
  { settings, project, runner }: Pick<Plan, "settings" | "project" | "runner">,
): Promise<FlagAssignment> {
  const { flags, deciding } = settings;
  const projectKey = toProjectKey(project);
  const definitions = toRecord((flag) => ({
    values: FLAGS[flag].values,
    setting: flags[flag] ?? null,
    experiment: deciding.get(flag) ?? null,
  }));
  const { evaluations, problem } = await evaluate(deps, {
    definitions,
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
  const isAnySet = Object.values(definitions).some(
    ({ setting, experiment }) => setting !== null || experiment !== null,
  );
  return {
    values: toValues(evaluations),
    evaluations,
    exposures: evaluations.flatMap(({ flag, value, experiment }) => {
      const one = experiment === null ? undefined : deciding.get(flag);
      return one === undefined ? [] : [toExposure(one, String(value), { runId, projectKey })];
    }),
    degradations:
      problem === null || !isAnySet ? [] : [toSentence("flags-standard", { why: problem })],
  };
}

interface Evaluated {
  readonly evaluations: readonly FlagEvaluation[];
  /** Why all of them are defaults; null where they were decided. */
  readonly problem: string | null;
}

async function evaluate(
  { clock, loadEvaluate = loadOpenFeature }: AssignDeps,
  question: FlagQuestion,
): Promise<Evaluated> {
  const stop = new AbortController();
  try {
    const evaluations = await Promise.race([
      loadEvaluate().then((evaluateFlags) => evaluateFlags(question)),
      clock.sleep(LIMIT_MS, stop.signal).then((): never => {
        throw new Error(`their provider did not answer within ${String(LIMIT_MS / 1_000)} s`);
      }),
    ]);
    return { evaluations, problem: null };
  } catch (failure) {
    const evaluations = FLAG_NAMES.map((flag): FlagEvaluation => {
      return { flag, value: FLAGS[flag].default, reason: "ERROR", experiment: null };
    });
    return { evaluations, problem: toMessage(failure) };
  } finally {
    stop.abort(new Error("the flags are decided"));
  }
}

async function loadOpenFeature(): Promise<
  (question: FlagQuestion) => Promise<readonly FlagEvaluation[]>
> {
  return (await import("../../adapters/flags/open-feature.ts")).evaluateFlags;
}

/** The plan, with what its run has to say about its flags. */
export function withFlags(plan: Plan, { degradations }: FlagAssignment): Plan {
  return { ...plan, degradations: [...plan.degradations, ...degradations] };
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
  const degradations = sentences.safeParse(start?.data["flagDegradations"]).data ?? [];
  return { values: toValues(evaluations), evaluations, exposures, degradations };
}

const sentences = z.array(z.string().max(2_000)).max(10);

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
