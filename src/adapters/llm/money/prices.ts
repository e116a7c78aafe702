import type { AttemptCost, PicoDollars, TokenUsage } from "../../../contract/model/usage.ts";

/** US dollars for a million tokens, as decimal texts with at most six digits after the point. */
export interface Price {
  readonly input: string;
  /** @defaultValue the price of input */
  readonly cacheRead?: string | undefined;
  /** @defaultValue the price of input */
  readonly cacheWrite?: string | undefined;
  /** Reasoning included. */
  readonly output: string;
}

/**
 * Names the table below: list prices as known in October 2025, which nobody has checked against the providers since.
 * The user's own win.
 */
const PRICE_TABLE_NAME = "2025-10, unchecked";

/** Pattern of `provider kind/model` → price; the first that fits counts. List prices without batch or tier. */
const TABLE: readonly (readonly [pattern: RegExp, price: Price])[] = [
  [/^openai\/gpt-4\.1-nano/u, { input: "0.1", cacheRead: "0.025", output: "0.4" }],
  [/^openai\/gpt-4\.1-mini/u, { input: "0.4", cacheRead: "0.1", output: "1.6" }],
  [/^openai\/gpt-4\.1/u, { input: "2", cacheRead: "0.5", output: "8" }],
  [/^openai\/gpt-4o-mini/u, { input: "0.15", cacheRead: "0.075", output: "0.6" }],
  [/^openai\/gpt-4o/u, { input: "2.5", cacheRead: "1.25", output: "10" }],
  [/^openai\/gpt-5-nano/u, { input: "0.05", cacheRead: "0.005", output: "0.4" }],
  [/^openai\/gpt-5-mini/u, { input: "0.25", cacheRead: "0.025", output: "2" }],
  [/^openai\/gpt-5(?:-\d{4}|-chat|$)/u, { input: "1.25", cacheRead: "0.125", output: "10" }],
  [/^openai\/o4-mini/u, { input: "1.1", cacheRead: "0.275", output: "4.4" }],
  [/^openai\/o3(?:-\d{4}|$)/u, { input: "2", cacheRead: "0.5", output: "8" }],
  [/^deepseek\/deepseek-(?:chat|reasoner)/u, { input: "0.28", cacheRead: "0.028", output: "0.42" }],
  [
    /^anthropic\/claude-haiku-4-5/u,
    { input: "1", cacheRead: "0.1", cacheWrite: "1.25", output: "5" },
  ],
  [
    /^anthropic\/claude-(?:3-7-sonnet|sonnet-4)/u,
    { input: "3", cacheRead: "0.3", cacheWrite: "3.75", output: "15" },
  ],
  [
    /^anthropic\/claude-opus-4-1/u,
    { input: "15", cacheRead: "1.5", cacheWrite: "18.75", output: "75" },
  ],
  [/^google\/gemini-2\.5-flash-lite/u, { input: "0.1", cacheRead: "0.025", output: "0.4" }],
  [/^google\/gemini-2\.5-flash/u, { input: "0.3", cacheRead: "0.075", output: "2.5" }],
  [/^google\/gemini-2\.5-pro/u, { input: "1.25", cacheRead: "0.31", output: "10" }],
];

export interface PriceTable {
  /** Its date, and whether the user's own count. */
  readonly name: string;
  /** Null where the model has no price. `isOwnMachine`: nobody sends a bill. */
  find(model: PricedModel): Price | null;
}

export interface PricedModel {
  readonly provider: string;
  readonly kind: string;
  readonly model: string;
  readonly isOwnMachine: boolean;
}

const FREE: Price = { input: "0", output: "0" };

/** The table with the user's own prices, by `provider/model`, before it. */
export function createPriceTable(own: Readonly<Record<string, Price>>): PriceTable {
  const owned = new Map(Object.entries(own));
  return {
    name: owned.size === 0 ? PRICE_TABLE_NAME : `${PRICE_TABLE_NAME} and own`,
    find: ({ provider, kind, model, isOwnMachine }) => {
      const known = owned.get(`${provider}/${model}`);
      if (known !== undefined) return known;
      if (isOwnMachine) return FREE;
      return TABLE.find(([pattern]) => pattern.test(`${kind}/${model}`))?.[1] ?? null;
    },
  };
}

/** Exact: a price per million tokens with six digits is a whole number of picodollars per token. */
export function toCost(price: Price, usage: TokenUsage): PicoDollars {
  const { inputTokens, cacheReadTokens, cacheWriteTokens, outputTokens } = usage;
  const plain = inputTokens - cacheReadTokens - cacheWriteTokens;
  return (
    BigInt(plain) * toPico(price.input) +
    BigInt(cacheReadTokens) * toPico(price.cacheRead ?? price.input) +
    BigInt(cacheWriteTokens) * toPico(price.cacheWrite ?? price.input) +
    BigInt(outputTokens) * toPico(price.output)
  );
}

/** The most that so many tokens can cost: writing input to a cache is dearer than input. */
export function toMostCost(price: Price, usage: TokenUsage): PicoDollars {
  const { inputTokens } = usage;
  const plain = toCost(price, usage);
  const written = toCost(price, { ...usage, cacheWriteTokens: inputTokens });
  return written > plain ? written : plain;
}

/** What an attempt carries of its cost. */
export function toAttemptCost(
  table: PriceTable,
  model: PricedModel,
  usage: TokenUsage,
): AttemptCost {
  const price = table.find(model);
  return { usd: price === null ? null : formatDollars(toCost(price, usage)), prices: table.name };
}

/** A decimal text of millions of a dollar's parts, `0.15` → 150000 picodollars a token. */
function toPico(perMillion: string): PicoDollars {
  const [whole = "0", part = ""] = perMillion.split(".");
  return BigInt(whole) * 1_000_000n + BigInt(part.padEnd(6, "0").slice(0, 6));
}

const PICO_DIGITS = 12;

/** `412000000n` → `0.000412`. */
export function formatDollars(amount: PicoDollars): string {
  const digits = amount.toString().padStart(PICO_DIGITS + 1, "0");
  const part = digits.slice(-PICO_DIGITS).replace(/0+$/u, "");
  const whole = digits.slice(0, -PICO_DIGITS);
  return part === "" ? whole : `${whole}.${part}`;
}

/** The other way round. */
export function parseDollars(text: string): PicoDollars {
  const [whole = "0", part = ""] = text.split(".");
  return BigInt(whole) * 10n ** 12n + BigInt(part.padEnd(PICO_DIGITS, "0").slice(0, PICO_DIGITS));
}
