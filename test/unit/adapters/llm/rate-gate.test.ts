import { describe, expect, test } from "vitest";
import { readRateLimits } from "../../../../src/adapters/llm/rate-headers.ts";
import { createRateGate, type RateGate } from "../../../../src/adapters/llm/router/rate-gate.ts";
import { createFakeClock, type FakeClock } from "../../../../src/testing/fake-clock.ts";

const { signal } = new AbortController();

interface Gate extends RateGate {
  readonly clock: FakeClock;
  /** Names of the calls that have their turn, in order. */
  readonly gone: readonly string[];
  /** A call that may take so many tokens, and keeps its turn. */
  ask(name: string, tokens: number, isUrgent?: boolean): void;
  /** Lets time pass, and what follows on it happen. */
  pass(durationMs: number): Promise<void>;
}

function aGate(most = 64): Gate {
  const clock = createFakeClock();
  const gate = createRateGate(clock, "openai/gpt-4.1", most);
  const gone: string[] = [];
  return {
    ...gate,
    clock,
    gone,
    ask(name, tokens, isUrgent = false) {
      void gate.enter({ tokens, isUrgent }, signal).then(() => gone.push(name));
    },
    async pass(durationMs) {
      clock.advance(durationMs);
      await new Promise(setImmediate);
    },
  };
}

/** As OpenAI says it. */
function learnTokens(gate: Gate, limit: number, remaining: number, reset: string): void {
  const headers = {
    "x-ratelimit-limit-tokens": String(limit),
    "x-ratelimit-remaining-tokens": String(remaining),
    "x-ratelimit-reset-tokens": reset,
  };
  gate.learn(readRateLimits(headers, gate.clock.now()));
}

describe("tokens per minute, learned from headers", () => {
  test("let calls go as long as there are tokens for them, and hold the next one until there are more", async () => {
    const gate = aGate();
    learnTokens(gate, 40_000, 1_000, "1m0s");

    gate.ask("first", 600);
    gate.ask("second", 600);
    await gate.pass(59_999);
    expect(gate.gone).toEqual(["first"]);

    await gate.pass(1);
    expect(gate.gone).toEqual(["first", "second"]);
  });

  test("are those of the latest answer", async () => {
    const gate = aGate();
    learnTokens(gate, 40_000, 100, "1m0s");
    gate.ask("one", 600);
    await gate.pass(1_000);
    expect(gate.gone).toEqual([]);

    learnTokens(gate, 40_000, 5_000, "1m0s");
    await gate.pass(0);
    expect(gate.gone).toEqual(["one"]);
  });

  test("are read as Anthropic says them, with a date", async () => {
    const gate = aGate();
    const headers = {
      "anthropic-ratelimit-tokens-limit": "50000",
      "anthropic-ratelimit-tokens-remaining": "0",
      "anthropic-ratelimit-tokens-reset": new Date(gate.clock.now() + 12_000).toISOString(),
    };
    gate.learn(readRateLimits(headers, gate.clock.now()));

    gate.ask("one", 10);
    await gate.pass(11_999);
    expect(gate.gone).toEqual([]);
    await gate.pass(1);
    expect(gate.gone).toEqual(["one"]);
  });

  test("let a call that is larger than all of them go when they are full", async () => {
    const gate = aGate();
    learnTokens(gate, 10_000, 9_000, "6s");

    gate.ask("huge", 25_000);
    await gate.pass(5_999);
    expect(gate.gone).toEqual([]);
    await gate.pass(1);
    expect(gate.gone).toEqual(["huge"]);
  });

  test("count beside the requests: who lacks one of both waits for the later", async () => {
    const gate = aGate();
    learnTokens(gate, 40_000, 0, "30s");
    const requests = { limit: 10, remaining: 0, resetMs: 50_000 };
    gate.learn({ requests, tokens: { limit: null, remaining: null, resetMs: null } });

    gate.ask("one", 10);
    await gate.pass(30_000);
    expect(gate.gone).toEqual([]);
    await gate.pass(20_000);
    expect(gate.gone).toEqual(["one"]);
  });

  test("hold nobody back where the provider does not say when there are more", async () => {
    const gate = aGate();
    gate.learn(readRateLimits({ "x-ratelimit-remaining-tokens": "0" }, gate.clock.now()));

    gate.ask("one", 600);
    await gate.pass(0);

    expect(gate.gone).toEqual(["one"]);
  });

  test("hold no urgent call back for as long as the one before it has to wait", async () => {
    const gate = aGate();
    learnTokens(gate, 40_000, 1_000, "1m0s");
    const requests = { limit: 10, remaining: 0, resetMs: 2_000 };
    gate.learn({ requests, tokens: { limit: null, remaining: null, resetMs: null } });

    gate.ask("large", 5_000);
    gate.ask("urgent", 100, true);
    await gate.pass(2_000);
    expect(gate.gone).toEqual(["urgent"]);

    await gate.pass(58_000);
    expect(gate.gone).toEqual(["urgent", "large"]);
  });
});

describe("counts that come while calls wait", () => {
  test("let them go sooner where they say so", async () => {
    const gate = aGate();
    learnTokens(gate, 40_000, 0, "1m0s");
    gate.ask("one", 600);
    learnTokens(gate, 40_000, 0, "5s");

    await gate.pass(4_999);
    expect(gate.gone).toEqual([]);
    await gate.pass(1);
    expect(gate.gone).toEqual(["one"]);
  });

  test("hold them for longer where they say so", async () => {
    const gate = aGate();
    learnTokens(gate, 40_000, 0, "5s");
    gate.ask("one", 600);
    learnTokens(gate, 40_000, 0, "20s");

    await gate.pass(5_000);
    expect(gate.gone).toEqual([]);
    await gate.pass(15_000);
    expect(gate.gone).toEqual(["one"]);
  });
});

describe("patience that a provider asks for", () => {
  test("is had by all calls, and then by half as many at a time", async () => {
    const gate = aGate(4);
    gate.slowDown(9_000);

    for (const name of ["one", "two"]) gate.ask(name, 10);
    await gate.pass(8_999);
    expect(gate.gone).toEqual([]);
    expect(gate.waitMs()).toBe(1);

    await gate.pass(1);
    expect(gate.gone).toEqual(["one"]);
  });
});
