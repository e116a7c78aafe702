import { TRIGGER_ACTIONS } from "../../contract/metrics/labels.ts";
import { METRICS, toMetricDefinition, type MetricOf } from "../../contract/metrics.ts";
import {
  BOUND_ACTIONS,
  BUILT_IN_TRIGGERS,
  type TriggerAction,
  type TriggerRule,
} from "../../contract/triggers.ts";

/** What a file sets of one rule: a whole rule, or of a built-in one what is to be otherwise. */
export interface TriggerSetting {
  readonly enabled?: boolean | undefined;
  readonly metric?: MetricOf<"gauge"> | undefined;
  readonly labels?: Readonly<Record<string, string>> | undefined;
  readonly above?: number | undefined;
  readonly below?: number | undefined;
  /** In milliseconds. */
  readonly for?: number | undefined;
  readonly action?: TriggerAction | undefined;
  /** In milliseconds. */
  readonly cooldown?: number | undefined;
  readonly mostPerHour?: number | undefined;
}

/** By name. */
export type TriggerSettings = Readonly<Record<string, TriggerSetting>>;

/** What is wrong with a rule, at the key that it is wrong with; an empty path means the rule itself. */
export interface TriggerProblem {
  readonly path: readonly string[];
  readonly message: string;
}

/** Gauges that a server has, and so what a rule may go by. */
export const TRIGGER_METRICS: readonly MetricOf<"gauge">[] = Object.entries(METRICS).flatMap(
  ([name, { kind, scope }]) =>
    kind === "gauge" && scope !== "run" ? [name as MetricOf<"gauge">] : [],
);

export const TRIGGER_CHOICES: readonly TriggerAction[] = TRIGGER_ACTIONS;

const DEFAULTS = { labels: {}, forMs: 30_000, cooldownMs: 60_000, mostPerHour: 10 } as const;

/** The rules of a server: the built-in ones as far as they are not turned off, and those that were added. */
export function toTriggerRules(settings: TriggerSettings): readonly TriggerRule[] {
  const names = new Set([...BUILT_IN_TRIGGERS.map(({ name }) => name), ...Object.keys(settings)]);
  return [...names].flatMap((name) => {
    const setting = settings[name] ?? {};
    const rule = setting.enabled === false ? null : toRule(name, setting);
    return rule === null ? [] : [rule];
  });
}

/** Everything that keeps a setting from being a rule. */
export function findTriggerProblems(
  name: string,
  setting: TriggerSetting,
): readonly TriggerProblem[] {
  const problems: TriggerProblem[] = [];
  const { metric, action, above, below } = setting;
  const builtIn = findBuiltIn(name);
  if (builtIn === null && metric === undefined)
    problems.push({ path: [], message: "a rule of your own names its metric" });
  if (builtIn === null && action === undefined)
    problems.push({ path: [], message: "a rule of your own names its action" });
  if (above !== undefined && below !== undefined)
    problems.push({ path: ["below"], message: "a rule has above or below, not both" });
  if (builtIn === null && above === undefined && below === undefined)
    problems.push({ path: [], message: "a rule of your own has above or below" });
  const rule = toRule(name, setting);
  return rule === null ? problems : [...problems, ...findLabelProblems(rule), ...findBound(rule)];
}

function toRule(name: string, setting: TriggerSetting): TriggerRule | null {
  const builtIn = findBuiltIn(name);
  const metric = setting.metric ?? builtIn?.metric;
  const action = setting.action ?? builtIn?.action;
  const threshold = setting.above ?? setting.below ?? builtIn?.threshold;
  if (metric === undefined || action === undefined || threshold === undefined) return null;
  const isOwn = setting.above !== undefined || setting.below !== undefined;
  const own = setting.above === undefined ? "below" : "above";
  return {
    name,
    metric,
    // The labels of one metric are none of another.
    labels: setting.labels ?? (metric === builtIn?.metric ? builtIn.labels : DEFAULTS.labels),
    condition: isOwn ? own : (builtIn?.condition ?? own),
    threshold,
    forMs: setting.for ?? builtIn?.forMs ?? DEFAULTS.forMs,
    action,
    cooldownMs: setting.cooldown ?? builtIn?.cooldownMs ?? DEFAULTS.cooldownMs,
    mostPerHour: setting.mostPerHour ?? builtIn?.mostPerHour ?? DEFAULTS.mostPerHour,
  };
}

function findBuiltIn(name: string): TriggerRule | null {
  return BUILT_IN_TRIGGERS.find((rule) => rule.name === name) ?? null;
}

function findLabelProblems({ metric, labels }: TriggerRule): readonly TriggerProblem[] {
  const known = toMetricDefinition(metric)?.labels ?? {};
  const missing = Object.keys(known).filter((label) => labels[label] === undefined);
  const problems = missing.map((label) => ({
    path: [],
    message: `${metric} has several series: name one by labels.${label}, which is ${known[label]?.join(", ") ?? ""}`,
  }));
  const wrong = Object.entries(labels).flatMap(([label, value]) => {
    const values = known[label];
    if (values?.includes(value) === true) return [];
    const message =
      values === undefined
        ? `${metric} has no label ${label}`
        : `${label} of ${metric} is ${values.join(", ")}`;
    return [{ path: ["labels", label], message }];
  });
  return [...problems, ...wrong];
}

function findBound({ metric, action }: TriggerRule): readonly TriggerProblem[] {
  const bound = BOUND_ACTIONS[action];
  if (bound === undefined || bound === metric) return [];
  return [{ path: ["action"], message: `${action} goes with ${bound} only` }];
}
