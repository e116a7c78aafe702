import type {
  Experiment,
  FlagAttribute,
  FlagName,
  FlagRule,
  FlagSetting,
  FlagValue,
} from "../../contract/feature-flags.ts";
import { toShare } from "../../kernel/hash.ts";

/** What may decide a flag, beside its default. */
export interface FlagDefinition {
  /** All values that the flag may have. */
  readonly values: readonly FlagValue[];
  /** Null where no source sets it. */
  readonly setting: FlagSetting | null;
  /** Counts where `setting` is null. */
  readonly experiment: Experiment | null;
}

/** Whom a flag is decided for. */
export interface FlagSubject {
  readonly attributes: Readonly<Partial<Record<FlagAttribute, string | boolean>>>;
  /** Names the repository, the same on every machine. */
  readonly projectKey: string;
  /** Names the run. */
  readonly runKey: string;
}

/** How a flag was decided; null where its default counts. */
export interface FlagDecision {
  readonly value: FlagValue;
  readonly reason: "STATIC" | "TARGETING_MATCH" | "SPLIT";
  readonly experiment: string | null;
}

/** Decides one flag. Depends on nothing but what it is given. */
export function decideFlag(
  flag: FlagName,
  { values, setting, experiment }: FlagDefinition,
  subject: FlagSubject,
): FlagDecision | null {
  if (setting !== null) return followRules(flag, setting, subject);
  return experiment === null ? null : draw(experiment, values, subject);
}

function followRules(flag: FlagName, setting: FlagSetting, subject: FlagSubject): FlagDecision {
  const { rules, otherwise } = setting;
  if (rules.length === 0) return { value: otherwise, reason: "STATIC", experiment: null };
  // One place on one scale for all rules of a flag, so that shares add up.
  const place = 100 * toShare(`flag\0${flag}\0${subject.projectKey}`);
  const rule = rules.find((one) => isMet(one, subject, place));
  const isSplit = rule?.percent !== undefined;
  return {
    value: rule?.value ?? otherwise,
    reason: isSplit ? "SPLIT" : "TARGETING_MATCH",
    experiment: null,
  };
}

function isMet({ when = {}, percent }: FlagRule, subject: FlagSubject, place: number): boolean {
  const conditions = Object.entries(when) as [FlagAttribute, readonly (string | boolean)[]][];
  return (
    conditions.every(([name, wanted]) => {
      const value = subject.attributes[name];
      return value !== undefined && wanted.includes(value);
    }) &&
    (percent === undefined || place < percent)
  );
}

/** The variant of a unit. The name of the experiment is in the draw, so that experiments do not follow one another. */
function draw(
  experiment: Experiment,
  values: readonly FlagValue[],
  { projectKey, runKey }: FlagSubject,
): FlagDecision | null {
  const { name, unit, variants } = experiment;
  const weights = Object.entries(variants);
  const total = weights.reduce((sum, [, weight]) => sum + weight, 0);
  let left = total * toShare(`experiment\0${name}\0${unit === "run" ? runKey : projectKey}`);
  for (const [variant, weight] of weights) {
    left -= weight;
    if (left >= 0) continue;
    const value = values.find((one) => String(one) === variant);
    return value === undefined ? null : { value, reason: "SPLIT", experiment: name };
  }
  return null;
}
