import { FIELDS } from "./fields.ts";
import { findModelFacts } from "./model-table.ts";
import {
  ANSWER_TOKENS,
  applyPlan,
  EFFORT_TOKENS,
  type ParameterPlan,
  planParameters,
  type PlanInput,
} from "./plan-parameters.ts";

/** Room for thinking beside it, where a model thinks and nobody says how much: limits hold both together. */
const THINKING_TOKENS = 16_384;
/** No model of the table says more than this in one answer, whatever stands in the way of a limit. */
const UNLIMITED_TOKENS = 128_000;
/** A small context keeps at least this much of itself for the answer. */
const LEAST_TOKENS = 256;

export interface LimitedPlan {
  readonly plan: ParameterPlan;
  /** The most that an answer can take, thinking included. */
  readonly mostTokens: number;
}

/**
 * Says in every request how much the answer may take, so that what is set aside for it is what it can cost: a library
 * or a provider would put its own limit in, up to 64,000 tokens. What is configured wins; where that, or what the model
 * refused before, leaves no limit in the request, the most is what the model's context has room for.
 */
export function limitOutput(
  plan: ParameterPlan,
  input: PlanInput,
  {
    inputTokens,
    contextTokens,
  }: { readonly inputTokens: number; readonly contextTokens: number | null },
): LimitedPlan {
  const configured = readLimit(plan, input);
  if (configured !== undefined)
    return { plan, mostTokens: configured ?? toUnlimited(contextTokens) };
  const roomTokens = contextTokens === null ? Infinity : contextTokens - inputTokens;
  const wanted = ANSWER_TOKENS + toThinkingTokens(input);
  const maxOutputTokens = Math.max(LEAST_TOKENS, Math.min(wanted, roomTokens));
  // Nobody asked for it, so no policy applies, and it is no change of anything.
  const { fields } = planParameters({ ...input, policy: "adapt", parameters: { maxOutputTokens } });
  if (fields.length === 0) return { plan, mostTokens: toUnlimited(contextTokens) };
  return { plan: { ...plan, fields: [...plan.fields, ...fields] }, mostTokens: maxOutputTokens };
}

/** The limit that stands in the body; null for one that is taken out of it, undefined where it has none. */
function readLimit(plan: ParameterPlan, { kind }: PlanInput): number | null | undefined {
  const body = applyPlan(kind, {}, plan);
  const own = FIELDS[kind].maxOutputTokens ?? "";
  const limits = [...new Set([own, "max_tokens", "max_completion_tokens"])]
    .map((field) => readField(body, field))
    .filter((value) => typeof value === "number");
  if (limits.length > 0) return Math.max(...limits);
  const [group = ""] = own.split(".");
  const isOverwritten = Object.keys(plan.extraBody).some((key) => key === own || key === group);
  return isOverwritten ? null : undefined;
}

function readField(body: unknown, field: string): unknown {
  return field.split(".").reduce<unknown>((inner, name) => {
    return typeof inner === "object" && inner !== null ? Reflect.get(inner, name) : undefined;
  }, body);
}

function toThinkingTokens({ kind, model, parameters }: PlanInput): number {
  if (!findModelFacts(kind, model).capabilities.includes("reasoning")) return 0;
  const { reasoningTokens, reasoningEffort } = parameters;
  if (reasoningTokens !== undefined) return reasoningTokens;
  if (reasoningEffort !== undefined)
    return Math.max(EFFORT_TOKENS[reasoningEffort], THINKING_TOKENS);
  // Claude thinks only where it is asked to; others think unasked.
  return kind === "anthropic" ? 0 : THINKING_TOKENS;
}

function toUnlimited(contextTokens: number | null): number {
  return Math.min(UNLIMITED_TOKENS, contextTokens ?? UNLIMITED_TOKENS);
}
