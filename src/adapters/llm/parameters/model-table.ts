import type { ModelParameters, ReasoningEffort } from "../../../contract/model/parameters.ts";
import type { Capability } from "../../../contract/model/request.ts";
import type { ModelKind } from "../kinds.ts";

type Ruled = Exclude<keyof ModelParameters, "extraBody">;

/** What becomes of one parameter. */
export type Rule =
  | { readonly do: "keep" }
  | { readonly do: "drop"; readonly why: string; readonly unless?: Condition }
  | { readonly do: "rename"; readonly field: string; readonly why: string }
  | { readonly do: "clamp"; readonly least: number; readonly most: number }
  /** Only these; another one becomes the nearest by rank. */
  | { readonly do: "efforts"; readonly allowed: readonly ReasoningEffort[] }
  /** Said as a number of tokens under another name. */
  | { readonly do: "effort-tokens"; readonly field: string };

/** Whether the other parameters of the same call make the difference. */
export type Condition = (others: ModelParameters) => boolean;

export interface ModelFacts {
  readonly capabilities: readonly Capability[];
  readonly contextTokens: number | null;
  /** It may think for minutes before its first token. */
  readonly isSlow: boolean;
}

interface Entry extends Partial<ModelFacts> {
  readonly kinds: readonly ModelKind[];
  readonly model: RegExp;
  readonly rules?: { readonly [P in Ruled]?: Rule };
}

/**
 * When what stands below was written down, from our research notes and the catalogues of the AI SDK. No provider could
 * be asked, and they change it without notice: so a 400 teaches as well.
 */
export const MODEL_TABLE_DATE = "2026-11-20";

const drop = (why: string, unless?: Condition): Rule =>
  unless === undefined ? { do: "drop", why } : { do: "drop", why, unless };
const KEEP: Rule = { do: "keep" };
const REASONS = drop("a reasoning model does not take it");
const NOT_HERE = drop("this provider has no such parameter");
const isNotReasoning: Condition = ({ reasoningEffort }) => reasoningEffort === "none";
const SAMPLING = {
  temperature: REASONS,
  topP: REASONS,
  presencePenalty: REASONS,
  frequencyPenalty: REASONS,
  logitBias: REASONS,
} as const;
const TOOLS_AND_SCHEMA = ["tools", "json", "schema"] as const;

/** Later entries win, rule by rule. */
const ENTRIES: readonly Entry[] = [
  // A grammar holds any model to a schema. On a processor alone a long question takes minutes before the first word.
  { kinds: ["gguf"], model: /./u, capabilities: ["json", "schema"], isSlow: true },
  {
    kinds: ["openai"],
    model: /./u,
    capabilities: ["tools", "json", "schema", "logprobs"],
    contextTokens: 128_000,
    rules: {
      topK: NOT_HERE,
      minP: NOT_HERE,
      repeatPenalty: NOT_HERE,
      reasoningTokens: NOT_HERE,
      reasoningEffort: drop("a model that does not reason does not take it"),
      verbosity: drop("only GPT-5 and later take it"),
    },
  },
  { kinds: ["openai"], model: /^gpt-4\.1/u, contextTokens: 1_047_576 },
  {
    kinds: ["openai"],
    model: /^o\d/u,
    capabilities: ["tools", "json", "schema", "reasoning"],
    contextTokens: 200_000,
    isSlow: true,
    rules: { ...SAMPLING, reasoningEffort: { do: "efforts", allowed: ["low", "medium", "high"] } },
  },
  { kinds: ["openai"], model: /^o(?:3|4-mini)/u, rules: { stop: REASONS } },
  {
    kinds: ["openai"],
    model: /^gpt-(?:[5-9]|\d\d)/u,
    capabilities: ["tools", "json", "schema", "reasoning"],
    contextTokens: 400_000,
    isSlow: true,
    rules: {
      ...SAMPLING,
      verbosity: KEEP,
      reasoningEffort: { do: "efforts", allowed: ["minimal", "low", "medium", "high"] },
    },
  },
  {
    kinds: ["openai"],
    model: /^gpt-(?:5\.[1-9]|[6-9]|\d\d)/u,
    rules: {
      temperature: drop("it takes this only with reasoning effort none", isNotReasoning),
      topP: drop("it takes this only with reasoning effort none", isNotReasoning),
      reasoningEffort: { do: "efforts", allowed: ["none", "low", "medium", "high"] },
    },
  },
  {
    kinds: ["openai"],
    model: /^gpt-(?:5\.[2-9]|[6-9]|\d\d)/u,
    rules: {
      reasoningEffort: { do: "efforts", allowed: ["none", "low", "medium", "high", "xhigh"] },
    },
  },
  {
    kinds: ["openai"],
    model: /^gpt-5(?:\.\d+)?-chat/u,
    capabilities: TOOLS_AND_SCHEMA,
    isSlow: false,
  },
  {
    kinds: ["deepseek"],
    model: /./u,
    capabilities: ["tools", "json"],
    contextTokens: 128_000,
    rules: {
      topK: NOT_HERE,
      minP: NOT_HERE,
      repeatPenalty: NOT_HERE,
      seed: NOT_HERE,
      logitBias: NOT_HERE,
      presencePenalty: drop("it has no effect there any more"),
      frequencyPenalty: drop("it has no effect there any more"),
      reasoningTokens: NOT_HERE,
      reasoningEffort: NOT_HERE,
      verbosity: NOT_HERE,
      serviceTier: NOT_HERE,
      parallelToolCalls: NOT_HERE,
    },
  },
  {
    kinds: ["deepseek"],
    model: /reasoner/u,
    capabilities: ["tools", "json", "reasoning"],
    isSlow: true,
    rules: { temperature: REASONS, topP: REASONS },
  },
  {
    kinds: ["openai-compatible"],
    model: /./u,
    capabilities: TOOLS_AND_SCHEMA,
    contextTokens: null,
    rules: { reasoningTokens: NOT_HERE },
  },
  {
    kinds: ["anthropic"],
    model: /./u,
    capabilities: TOOLS_AND_SCHEMA,
    contextTokens: 200_000,
    rules: {
      temperature: { do: "clamp", least: 0, most: 1 },
      reasoningEffort: { do: "effort-tokens", field: "thinking.budget_tokens" },
      reasoningTokens: drop(
        "the effort of reasoning says it already",
        ({ reasoningEffort }) => reasoningEffort === undefined,
      ),
    },
  },
  {
    kinds: ["anthropic"],
    model: /claude-(?:3-7|[a-z]+-[4-9])/u,
    capabilities: ["tools", "json", "schema", "reasoning"],
    isSlow: true,
  },
  {
    kinds: ["anthropic"],
    model: /claude-(?:opus-4-[1-9]|(?:sonnet|haiku)-4-[5-9]|[a-z]+-[5-9])/u,
    rules: {
      topP: drop(
        "it takes either temperature or top_p",
        ({ temperature }) => temperature === undefined,
      ),
    },
  },
  {
    kinds: ["anthropic"],
    model: /claude-(?:opus-4-[5-9]|[a-z]+-[5-9]|(?:sonnet|haiku)-4-[6-9])/u,
    rules: {
      reasoningEffort: { do: "efforts", allowed: ["low", "medium", "high", "max"] },
    },
  },
  {
    kinds: ["google"],
    model: /./u,
    capabilities: TOOLS_AND_SCHEMA,
    contextTokens: 1_048_576,
    rules: {
      reasoningEffort: drop("a model that does not reason does not take it"),
      reasoningTokens: drop("a model that does not reason does not take it"),
    },
  },
  {
    kinds: ["google"],
    model: /gemini-2\.5/u,
    capabilities: ["tools", "json", "schema", "reasoning"],
    isSlow: true,
    rules: {
      reasoningEffort: {
        do: "effort-tokens",
        field: "generationConfig.thinkingConfig.thinkingBudget",
      },
      reasoningTokens: drop(
        "the effort of reasoning says it already",
        ({ reasoningEffort }) => reasoningEffort === undefined,
      ),
    },
  },
  {
    kinds: ["google"],
    model: /gemini-(?:[3-9]|\d\d)/u,
    capabilities: ["tools", "json", "schema", "reasoning"],
    isSlow: true,
    rules: {
      reasoningEffort: { do: "efforts", allowed: ["minimal", "low", "medium", "high"] },
      reasoningTokens: drop(
        "the effort of reasoning says it already",
        ({ reasoningEffort }) => reasoningEffort === undefined,
      ),
    },
  },
];

function listEntries(kind: ModelKind, model: string): readonly Entry[] {
  // Gateways put the maker before the name: `openai/gpt-5.1`.
  const name = model.split("/").at(-1) ?? model;
  return ENTRIES.filter((entry) => entry.kinds.includes(kind) && entry.model.test(name));
}

/** What a model can do. */
export function findModelFacts(kind: ModelKind, model: string): ModelFacts {
  const facts: ModelFacts = { capabilities: [], contextTokens: null, isSlow: false };
  return listEntries(kind, model).reduce<ModelFacts>(
    (sum, { capabilities, contextTokens, isSlow }) => ({
      capabilities: capabilities ?? sum.capabilities,
      contextTokens: contextTokens ?? sum.contextTokens,
      isSlow: isSlow ?? sum.isSlow,
    }),
    facts,
  );
}

/** What a model does with a parameter. */
export function findRule(kind: ModelKind, model: string, parameter: Ruled): Rule {
  return listEntries(kind, model).reduce<Rule>(
    (rule, { rules }) => rules?.[parameter] ?? rule,
    KEEP,
  );
}
