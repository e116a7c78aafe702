import type {
  ModelParameters,
  ParameterChange,
  ParameterName,
  ParameterPolicy,
  ReasoningEffort,
} from "../../../contract/model/parameters.ts";
import { REASONING_EFFORTS } from "../../../contract/model/parameters.ts";
import { RegooseError } from "../../../kernel/errors.ts";
import type { ModelKind } from "../kinds.ts";
import {
  FIELDS,
  NAMED_PARAMETERS,
  removeField,
  setField,
  toUsualField,
  toWireValue,
} from "./fields.ts";
import { findRule, type Rule } from "./model-table.ts";

export interface PlanInput {
  readonly kind: ModelKind;
  readonly provider: string;
  readonly model: string;
  readonly parameters: ModelParameters;
  readonly policy: ParameterPolicy;
  /** Parameters that this model refused before. */
  readonly refused: ReadonlySet<ParameterName>;
}

/** What goes into the body. */
export interface ParameterPlan {
  /** Field with dots → value, in the order in which they are laid over the body. */
  readonly fields: readonly (readonly [field: string, value: unknown])[];
  readonly extraBody: Readonly<Record<string, unknown>>;
  readonly changes: readonly ParameterChange[];
}

type Decision =
  | {
      readonly do: "send";
      readonly field: string;
      readonly value: unknown;
      readonly change?: Omit<ParameterChange, "parameter">;
    }
  | { readonly do: "drop"; readonly change: Omit<ParameterChange, "parameter"> };

/**
 * Decides for each parameter what is sent.
 * @throws ParameterRefused (RGS-4004) under the policy `strict`
 */
export function planParameters(input: PlanInput): ParameterPlan {
  const { kind, policy, provider, model } = input;
  const decided = decideAll(input);
  const plan = kind === "anthropic" && policy !== "raw" ? withThinking(decided) : decided;
  // What one parameter does to another is a change as any other.
  const lost = plan.changes.find(({ action }) => action !== "renamed");
  if (policy === "strict" && lost !== undefined) throw createRefused(provider, model, lost);
  return plan;
}

function decideAll(input: PlanInput): ParameterPlan {
  const { parameters } = input;
  const fields: (readonly [string, unknown])[] = [];
  const changes: ParameterChange[] = [];
  for (const name of NAMED_PARAMETERS) {
    const value = parameters[name];
    if (value === undefined) continue;
    const decision = decide(input, name, value);
    if (decision.change !== undefined) changes.push({ parameter: name, ...decision.change });
    if (decision.do === "send") fields.push([decision.field, decision.value]);
  }
  return { fields, extraBody: parameters.extraBody ?? {}, changes };
}

const BESIDE_THINKING: Readonly<Record<string, ParameterName>> = {
  temperature: "temperature",
  top_p: "topP",
  top_k: "topK",
};
/** Room for the answer where nobody said how much. */
export const ANSWER_TOKENS = 8_192;

/** Anthropic takes no sampling beside a budget for thinking, and wants a limit on all output above it. */
function withThinking(plan: ParameterPlan): ParameterPlan {
  const budget = plan.fields.find(([field]) => field === "thinking.budget_tokens")?.[1];
  if (typeof budget !== "number") return plan;
  const changes = [...plan.changes];
  const fields: (readonly [string, unknown])[] = [["thinking.type", "enabled"]];
  let most: number | null = null;
  for (const [field, value] of plan.fields) {
    const parameter = BESIDE_THINKING[field];
    if (field === "max_tokens") most = Number(value);
    else if (parameter === undefined) fields.push([field, value]);
    else {
      const why = "it takes no sampling beside a budget for thinking";
      changes.push({ parameter, action: "dropped", field: null, why, source: "table" });
    }
  }
  const isRoomy = most !== null && most > budget;
  const room = isRoomy ? most : budget + (most ?? ANSWER_TOKENS);
  if (!isRoomy && most !== null) {
    const why = `the limit holds thinking too, so ${most} became ${room}`;
    changes.push({
      parameter: "maxOutputTokens",
      action: "changed",
      field: "max_tokens",
      why,
      source: "table",
    });
  }
  return { ...plan, fields: [...fields, ["max_tokens", room]], changes };
}

function decide(
  { kind, model, parameters, policy, refused }: PlanInput,
  name: Exclude<ParameterName, "extraBody">,
  value: NonNullable<ModelParameters[ParameterName]>,
): Decision {
  const field = FIELDS[kind][name];
  const drop = (why: string, source: ParameterChange["source"] = "table"): Decision => ({
    do: "drop",
    change: { action: "dropped", field: null, why, source },
  });
  if (policy === "raw") return toRaw(kind, name, value);
  if (field === null) return drop("this provider has no such parameter");
  const plain: Decision = { do: "send", field, value: toWireValue(kind, name, value) };
  if (refused.has(name)) return drop("this model refused it before", "learned");
  return applyRule(findRule(kind, model, name), { plain, field, value, parameters, drop });
}

/** Sends it whatever the model is: where the protocol has no name for it, under the name that it would have. */
function toRaw(
  kind: ModelKind,
  name: Exclude<ParameterName, "extraBody">,
  value: NonNullable<ModelParameters[ParameterName]>,
): Decision {
  const own = FIELDS[kind][name];
  if (own !== null) return { do: "send", field: own, value: toWireValue(kind, name, value) };
  const field = toUsualField(kind, name);
  const why = `the protocol has no such parameter, and raw sends it as ${field}`;
  return {
    ...{ do: "send", field, value },
    change: { action: "renamed", field, why, source: "table" },
  };
}

function applyRule(
  rule: Rule,
  {
    plain,
    field,
    value,
    parameters,
    drop,
  }: {
    readonly plain: Decision;
    readonly field: string;
    readonly value: unknown;
    readonly parameters: ModelParameters;
    readonly drop: (why: string) => Decision;
  },
): Decision {
  const changed = (to: unknown, why: string, at = field): Decision => ({
    do: "send",
    field: at,
    value: to,
    change: { action: at === field ? "changed" : "renamed", field: at, why, source: "table" },
  });
  switch (rule.do) {
    case "keep":
      return plain;
    case "drop":
      return rule.unless?.(parameters) === true ? plain : drop(rule.why);
    case "rename":
      return changed(value, rule.why, rule.field);
    case "clamp": {
      const inside = Math.min(rule.most, Math.max(rule.least, Number(value)));
      return inside === value
        ? plain
        : changed(
            inside,
            `it takes ${rule.least} to ${rule.most} here, so ${String(value)} became ${inside}`,
          );
    }
    case "efforts": {
      const nearest = toNearest(value as ReasoningEffort, rule.allowed);
      return nearest === value
        ? plain
        : changed(
            nearest,
            `it takes ${rule.allowed.join(", ")}, so ${String(value)} became ${nearest}`,
          );
    }
    case "effort-tokens": {
      const tokens = EFFORT_TOKENS[value as ReasoningEffort];
      return tokens === 0
        ? drop("it does not think unless it is asked to")
        : changed(
            tokens,
            `it takes a number of tokens, so ${String(value)} became ${tokens}`,
            rule.field,
          );
    }
  }
}

/** Tokens for thinking that an effort stands for. */
export const EFFORT_TOKENS: Readonly<Record<ReasoningEffort, number>> = {
  none: 0,
  minimal: 1_024,
  low: 2_048,
  medium: 8_192,
  high: 16_384,
  xhigh: 24_576,
  max: 24_576,
};

function toNearest(wanted: ReasoningEffort, allowed: readonly ReasoningEffort[]): ReasoningEffort {
  const rank = (one: ReasoningEffort): number => REASONING_EFFORTS.indexOf(one);
  return allowed.reduce((best, one) =>
    Math.abs(rank(one) - rank(wanted)) < Math.abs(rank(best) - rank(wanted)) ? one : best,
  );
}

/** Lays a plan over the body that the protocol's library made. */
export function applyPlan(
  kind: ModelKind,
  body: Readonly<Record<string, unknown>>,
  plan: ParameterPlan,
): Record<string, unknown> {
  const made = { ...body };
  for (const [field, value] of plan.fields) {
    // A schema is the stronger wish.
    if (field === FIELDS[kind].responseFormat && hasSchema(kind, body)) continue;
    if (field.startsWith("tool_choice.") && body["tools"] === undefined) continue;
    if (field.startsWith("tool_choice.") && made["tool_choice"] === undefined)
      made["tool_choice"] = { type: "auto" };
    setField(made, field, value);
  }
  for (const [key, value] of Object.entries(plan.extraBody)) {
    if (value === null) removeField(made, key);
    else setField(made, key, value);
  }
  return made;
}

function hasSchema(kind: ModelKind, body: Readonly<Record<string, unknown>>): boolean {
  if (kind === "gguf") return body["schema"] !== undefined;
  if (kind !== "google") return body["response_format"] !== undefined;
  const config = body["generationConfig"];
  return typeof config === "object" && config !== null && "responseMimeType" in config;
}

function createRefused(provider: string, model: string, change: ParameterChange): RegooseError {
  return new RegooseError(
    "RGS-4004",
    `${provider}/${model} does not take ${change.parameter} as it is: ${change.why}`,
    { details: { provider, model, parameter: change.parameter } },
  );
}
