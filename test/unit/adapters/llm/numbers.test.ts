import fc from "fast-check";
import { describe, expect, test } from "vitest";
import {
  createPriceTable,
  formatDollars,
  parseDollars,
  toCost,
} from "../../../../src/adapters/llm/money/prices.ts";
import { readRateLimits, readRetryAfterMs } from "../../../../src/adapters/llm/rate-headers.ts";
import { findWholeLength } from "../../../../src/adapters/llm/router/resume-text.ts";
import { NO_TOKENS } from "../../../../src/contract/model/usage.ts";

describe("money", () => {
  test("any amount survives being written down", () => {
    fc.assert(
      fc.property(fc.bigInt({ min: 0n, max: 10n ** 20n }), (amount) => {
        expect(parseDollars(formatDollars(amount))).toBe(amount);
      }),
    );
  });

  test("the cost of a sum is the sum of the costs", () => {
    const tokens = fc.nat(10_000_000);
    fc.assert(
      fc.property(tokens, tokens, tokens, tokens, (a, b, c, d) => {
        const price = { input: "0.123457", output: "9.999999" };
        const cost = (inputTokens: number, outputTokens: number): bigint =>
          toCost(price, { ...NO_TOKENS, inputTokens, outputTokens });
        expect(cost(a + b, c + d)).toBe(cost(a, c) + cost(b, d));
      }),
    );
  });

  test("cached tokens cost what caches cost, and reasoning is output already", () => {
    const price = { input: "3", cacheRead: "0.3", cacheWrite: "3.75", output: "15" };
    const usage = {
      inputTokens: 1_000,
      cacheReadTokens: 600,
      cacheWriteTokens: 100,
      outputTokens: 50,
      reasoningTokens: 50,
    };

    expect(formatDollars(toCost(price, usage))).toBe("0.002205");
  });

  test("own prices win, machines of one's own are free, and nobody guesses", () => {
    const table = createPriceTable({ "openai/gpt-4.1": { input: "1", output: "1" } });
    const model = { provider: "openai", kind: "openai", model: "gpt-4.1", isOwnMachine: false };

    expect(table.find(model)?.input).toBe("1");
    expect(table.find({ ...model, model: "llama", isOwnMachine: true })?.output).toBe("0");
    expect(table.find({ ...model, model: "gpt-99" })).toBeNull();
  });
});

describe("headers about limits", () => {
  const now = Date.parse("2026-11-27T12:00:00Z");

  test.each([
    [{ "retry-after": "3" }, 3_000],
    [{ "retry-after": "1.5" }, 1_500],
    [{ "retry-after-ms": "250", "retry-after": "9" }, 250],
    [{ "retry-after": "Fri, 27 Nov 2026 12:00:07 GMT" }, 7_000],
    [{ "retry-after": "Fri, 27 Nov 2026 11:00:00 GMT" }, 0],
    [{ "retry-after": "-5" }, undefined],
    [{ "retry-after": "later" }, undefined],
    [{}, undefined],
  ])("%o asks to wait %s ms", (headers, ms) => {
    expect(readRetryAfterMs(headers as Record<string, string>, now)).toBe(ms);
  });

  test("both families of names are read", () => {
    const openai = { "x-ratelimit-remaining-tokens": "149", "x-ratelimit-reset-tokens": "6m0s" };
    const anthropic = {
      "anthropic-ratelimit-requests-limit": "50",
      "anthropic-ratelimit-requests-reset": "2026-11-27T12:00:30Z",
    };

    expect(readRateLimits(openai, now).tokens).toEqual({
      limit: null,
      remaining: 149,
      resetMs: 360_000,
    });
    expect(readRateLimits(anthropic, now).requests).toEqual({
      limit: 50,
      remaining: null,
      resetMs: 30_000,
    });
  });
});

describe("the whole part of a broken text", () => {
  test.each([
    ["a\nb\nhalf", "line", "a\nb\n"],
    ["no line end", "line", ""],
    ["```ts\ncode\n```\ntext ```", "fence", "```ts\ncode\n```\n"],
    ["```ts\nco", "fence", ""],
    ["```\na\n```\n```\nb", "fence", "```\na\n```\n"],
    ["anything\n", undefined, ""],
  ] as const)("%j by %s is %j", (text, unit, whole) => {
    expect(text.slice(0, findWholeLength(text, unit))).toBe(whole);
  });
});
