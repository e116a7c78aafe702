/** Tokens of one attempt, as the provider counted them. */
export interface TokenUsage {
  /** All input, cached or not. */
  readonly inputTokens: number;
  /** Of the input, read from the provider's cache. */
  readonly cacheReadTokens: number;
  /** Of the input, written to the provider's cache. */
  readonly cacheWriteTokens: number;
  /** All output, reasoning included. */
  readonly outputTokens: number;
  /** Of the output. */
  readonly reasoningTokens: number;
}

export const NO_TOKENS: TokenUsage = {
  inputTokens: 0,
  cacheReadTokens: 0,
  cacheWriteTokens: 0,
  outputTokens: 0,
  reasoningTokens: 0,
};

/**
 * Where the numbers of an attempt come from: `reported` by the provider, `estimated` from the texts because the
 * provider said nothing (a stream that broke), `none` where nothing was sent or generated.
 */
export type UsageSource = "reported" | "estimated" | "none";

/** Adds tokens up. */
export function addTokens(a: TokenUsage, b: TokenUsage): TokenUsage {
  return {
    inputTokens: a.inputTokens + b.inputTokens,
    cacheReadTokens: a.cacheReadTokens + b.cacheReadTokens,
    cacheWriteTokens: a.cacheWriteTokens + b.cacheWriteTokens,
    outputTokens: a.outputTokens + b.outputTokens,
    reasoningTokens: a.reasoningTokens + b.reasoningTokens,
  };
}

/** What a person means by "tokens": reasoning and cached ones are inside of these already. */
export function countTokens(usage: TokenUsage): number {
  return usage.inputTokens + usage.outputTokens;
}

/** Money in whole millionths of a millionth of a dollar, so that sums are exact. */
export type PicoDollars = bigint;

/** What one attempt cost. */
export interface AttemptCost {
  /** Decimal text such as `0.000412`; null where the model has no price. */
  readonly usd: string | null;
  /** Names the price table: its date, and whether the user's own prices count. */
  readonly prices: string;
}
