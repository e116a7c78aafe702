import type { ModelParameters, ParameterName } from "../../../contract/model/parameters.ts";
import type { ModelKind } from "../kinds.ts";

/** A parameter's name in the body, dots for objects within; null where the protocol has none. */
type Fields = Readonly<Record<Exclude<ParameterName, "extraBody">, string | null>>;

const CHAT: Fields = {
  temperature: "temperature",
  topP: "top_p",
  topK: "top_k",
  minP: "min_p",
  maxOutputTokens: "max_tokens",
  presencePenalty: "presence_penalty",
  frequencyPenalty: "frequency_penalty",
  repeatPenalty: "repeat_penalty",
  seed: "seed",
  stop: "stop",
  logitBias: "logit_bias",
  reasoningEffort: "reasoning_effort",
  reasoningTokens: null,
  verbosity: "verbosity",
  responseFormat: "response_format",
  serviceTier: "service_tier",
  parallelToolCalls: "parallel_tool_calls",
};

/** The protocols' own names of everything. */
export const FIELDS: Readonly<Record<ModelKind, Fields>> = {
  openai: { ...CHAT, maxOutputTokens: "max_completion_tokens" },
  deepseek: CHAT,
  "openai-compatible": CHAT,
  anthropic: {
    temperature: "temperature",
    topP: "top_p",
    topK: "top_k",
    minP: null,
    maxOutputTokens: "max_tokens",
    presencePenalty: null,
    frequencyPenalty: null,
    repeatPenalty: null,
    seed: null,
    stop: "stop_sequences",
    logitBias: null,
    reasoningEffort: "output_config.effort",
    reasoningTokens: "thinking.budget_tokens",
    verbosity: null,
    responseFormat: null,
    serviceTier: "service_tier",
    parallelToolCalls: "tool_choice.disable_parallel_tool_use",
  },
  google: {
    temperature: "generationConfig.temperature",
    topP: "generationConfig.topP",
    topK: "generationConfig.topK",
    minP: null,
    maxOutputTokens: "generationConfig.maxOutputTokens",
    presencePenalty: "generationConfig.presencePenalty",
    frequencyPenalty: "generationConfig.frequencyPenalty",
    repeatPenalty: null,
    seed: "generationConfig.seed",
    stop: "generationConfig.stopSequences",
    logitBias: null,
    reasoningEffort: "generationConfig.thinkingConfig.thinkingLevel",
    reasoningTokens: "generationConfig.thinkingConfig.thinkingBudget",
    verbosity: null,
    responseFormat: "generationConfig.responseMimeType",
    serviceTier: null,
    parallelToolCalls: null,
  },
  // Options of node-llama-cpp's own.
  gguf: {
    temperature: "temperature",
    topP: "topP",
    topK: "topK",
    minP: "minP",
    maxOutputTokens: "maxTokens",
    presencePenalty: "repeatPenalty.presencePenalty",
    frequencyPenalty: "repeatPenalty.frequencyPenalty",
    repeatPenalty: "repeatPenalty.penalty",
    seed: "seed",
    stop: "customStopTriggers",
    logitBias: null,
    reasoningEffort: null,
    reasoningTokens: null,
    verbosity: null,
    responseFormat: "responseFormat",
    serviceTier: null,
    parallelToolCalls: null,
  },
};

/** Parameters with a field of their own. */
export const NAMED_PARAMETERS: readonly Exclude<ParameterName, "extraBody">[] = Object.keys(
  CHAT,
) as Exclude<ParameterName, "extraBody">[];

/** The name that a parameter would have where the protocol has none: in the protocol's own spelling. */
export function toUsualField(kind: ModelKind, name: Exclude<ParameterName, "extraBody">): string {
  if (kind === "google") return `generationConfig.${name}`;
  if (kind === "gguf") return name;
  return name.replaceAll(/[A-Z]/gu, (letter) => `_${letter.toLowerCase()}`);
}

/** The parameter that a provider calls by this name, as its errors do; null for none of ours. */
export function findParameter(kind: ModelKind, field: string): ParameterName | null {
  const last = field.split(".").at(-1);
  const names = FIELDS[kind];
  const found = NAMED_PARAMETERS.find((name) => {
    const own = names[name];
    return own !== null && (own === field || own.split(".").at(-1) === last);
  });
  if (found !== undefined) return found;
  return last === "max_tokens" || last === "max_completion_tokens" ? "maxOutputTokens" : null;
}

/** The value as the protocol wants it. */
export function toWireValue(
  kind: ModelKind,
  name: ParameterName,
  value: NonNullable<ModelParameters[ParameterName]>,
): unknown {
  if (name === "responseFormat") {
    if (kind === "gguf") return value;
    if (kind === "google") return value === "json" ? "application/json" : "text/plain";
    return { type: value === "json" ? "json_object" : "text" };
  }
  if (name === "parallelToolCalls" && kind === "anthropic") return value !== true;
  return value;
}

/** Puts a value into an object, along dots. */
export function setField(body: Record<string, unknown>, field: string, value: unknown): void {
  const [first = "", ...rest] = field.split(".");
  if (rest.length === 0) {
    body[first] = value;
    return;
  }
  const inner = body[first];
  const next = typeof inner === "object" && inner !== null ? { ...inner } : {};
  setField(next, rest.join("."), value);
  body[first] = next;
}

/** Takes a value out of an object, along dots. */
export function removeField(body: Record<string, unknown>, field: string): void {
  const [first = "", ...rest] = field.split(".");
  if (rest.length === 0) {
    Reflect.deleteProperty(body, first);
    return;
  }
  const inner = body[first];
  if (typeof inner !== "object" || inner === null) return;
  const next = { ...inner } as Record<string, unknown>;
  removeField(next, rest.join("."));
  body[first] = next;
}
