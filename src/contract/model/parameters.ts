/** How hard a reasoning model is to think; providers know some of these each. */
export const REASONING_EFFORTS = [
  "none",
  "minimal",
  "low",
  "medium",
  "high",
  "xhigh",
  "max",
] as const;

export type ReasoningEffort = (typeof REASONING_EFFORTS)[number];

/**
 * What a call asks of the model beside the messages. Nothing is sent for a key that is absent. Whether a
 * model takes a key, and under which name, says the capability table; see {@link ParameterPolicy}.
 */
export interface ModelParameters {
  /** From 0 to 2. */
  readonly temperature?: number | undefined;
  /** From 0 to 1. */
  readonly topP?: number | undefined;
  readonly topK?: number | undefined;
  /** From 0 to 1. */
  readonly minP?: number | undefined;
  /** Reasoning included, where the provider counts it so. */
  readonly maxOutputTokens?: number | undefined;
  /** From -2 to 2. */
  readonly presencePenalty?: number | undefined;
  /** From -2 to 2. */
  readonly frequencyPenalty?: number | undefined;
  /** 1 changes nothing. */
  readonly repeatPenalty?: number | undefined;
  readonly seed?: number | undefined;
  readonly stop?: readonly string[] | undefined;
  /** Token id → bias from -100 to 100. */
  readonly logitBias?: Readonly<Record<string, number>> | undefined;
  readonly reasoningEffort?: ReasoningEffort | undefined;
  /** Most tokens of reasoning, where the provider takes a number. */
  readonly reasoningTokens?: number | undefined;
  readonly verbosity?: "low" | "medium" | "high" | undefined;
  /** `json` without a schema; a request with a schema needs none. */
  readonly responseFormat?: "text" | "json" | undefined;
  readonly serviceTier?: string | undefined;
  readonly parallelToolCalls?: boolean | undefined;
  /** Laid over the body last, key by key, whatever the policy; null takes a key out. */
  readonly extraBody?: Readonly<Record<string, unknown>> | undefined;
}

export type ParameterName = keyof ModelParameters;

/** All that there are, by name. */
export const PARAMETER_NAMES = [
  "temperature",
  "topP",
  "topK",
  "minP",
  "maxOutputTokens",
  "presencePenalty",
  "frequencyPenalty",
  "repeatPenalty",
  "seed",
  "stop",
  "logitBias",
  "reasoningEffort",
  "reasoningTokens",
  "verbosity",
  "responseFormat",
  "serviceTier",
  "parallelToolCalls",
  "extraBody",
] as const;

/**
 * What happens where a model does not take a parameter: `strict` fails before anything is sent, `adapt` leaves it out
 * or renames it and records that, `raw` sends everything under the protocol's own names, and what has none there under the
 * name that it would have.
 */
export const PARAMETER_POLICIES = ["strict", "adapt", "raw"] as const;

export type ParameterPolicy = (typeof PARAMETER_POLICIES)[number];

/** One thing that was done to a parameter before it was sent. */
export interface ParameterChange {
  readonly parameter: ParameterName;
  readonly action: "dropped" | "renamed" | "changed";
  /** Its name in the body, where it is there. */
  readonly field: string | null;
  /** A sentence without a full stop. */
  readonly why: string;
  /** Who said so: the capability table, or a 400 of this model's that was learned from. */
  readonly source: "table" | "learned";
}
