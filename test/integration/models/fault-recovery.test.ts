import { describe, expect, test } from "vitest";
import { type FaultName, FAULT_NAMES } from "../../../src/adapters/mock-llm/faults.ts";
import { parseDollars } from "../../../src/adapters/llm/money/prices.ts";
import { addTokens, countTokens, NO_TOKENS } from "../../../src/contract/model/usage.ts";
import type { MockUsage } from "../../../src/adapters/mock-llm/dialects/dialect.ts";
import type { TokenUsage } from "../../../src/contract/model/usage.ts";
import {
  INPUT,
  OTHER_TEXT,
  playFault,
  type Played,
  RETRY_AFTER_S,
  TEXT,
  toWish,
} from "./fault-bench.ts";
import { FAULT_ROWS, type FaultRow, NOT_THERE, type Recovery } from "./fault-table.ts";

/** Protocols that share their wire with OpenAI: what the wire may do to them, once for each recovery and each count. */
const OF_FOLLOWERS: readonly FaultName[] = [
  "rate-limit",
  "rate-limit-bare",
  "status-503",
  "silence",
  "stream-cut",
  "no-finish",
  "malformed-frame",
  "garbage",
  "empty",
  "key-rejected",
  "quota-exhausted",
  "bad-parameter",
  "wrong-schema",
  "cut-tool-input",
  "no-usage",
  "answer-cut",
];

const CASES = [
  ...(["openai", "anthropic", "google"] as const).map((kind) => {
    const faults = FAULT_NAMES.filter((name) => !NOT_THERE[kind]?.includes(name));
    return { kind, faults };
  }),
  ...(["deepseek", "openai-compatible"] as const).map((kind) => ({ kind, faults: OF_FOLLOWERS })),
];

describe.each(CASES)("a fault on the wire of $kind, through the router", ({ kind, faults }) => {
  test.each(faults)("%s, with another model at hand", async (fault) => {
    const played = await playFault(kind, fault, false);

    expectRecovery(played, FAULT_ROWS[fault], FAULT_ROWS[fault].beside);
    expectWhole(played, fault, FAULT_ROWS[fault].beside);
    expectCounted(played, FAULT_ROWS[fault]);
  });

  test.each(faults)("%s, without one", async (fault) => {
    const played = await playFault(kind, fault, true);

    expectRecovery(played, FAULT_ROWS[fault], FAULT_ROWS[fault].alone);
    expectWhole(played, fault, FAULT_ROWS[fault].alone);
    expectCounted(played, FAULT_ROWS[fault]);
  });
});

/** Requests that each way to go on makes: to the model that had the fault, and to the other one. */
const REQUESTS: Readonly<Record<Recovery, readonly [number, number]>> = {
  answers: [1, 0],
  waits: [2, 0],
  again: [2, 0],
  amends: [2, 0],
  other: [1, 1],
  fails: [1, 0],
};

function expectRecovery(played: Played, { code }: FaultRow, recovery: Recovery): void {
  const { attempts, failure, requests, waits } = played;
  expect(attempts.map(({ attempt }) => attempt.failure?.code ?? null)).toEqual(
    requests[0] + requests[1] > 1 ? [code, null] : [code],
  );
  expect(requests).toEqual(REQUESTS[recovery]);
  expect(failure?.code ?? null).toBe(recovery === "fails" ? code : null);
  switch (recovery) {
    case "waits":
      expect(waits).toEqual([RETRY_AFTER_S * 1_000]);
      return;
    case "again":
      expect(waits).toHaveLength(1);
      // Nothing was said of when to come back: a backoff of the router's own.
      expect(waits[0]).toBeLessThan(RETRY_AFTER_S * 1_000);
      return;
    default:
      expect(waits).toEqual([]);
  }
}

/** What the caller has in hand is what one model said from beginning to end, or nothing. */
function expectWhole({ answer, heard }: Played, fault: FaultName, recovery: Recovery): void {
  if (answer === null) {
    expect(heard).toBe("");
    return;
  }
  expect(heard).toBe(answer.text);
  const said = recovery === "other" ? OTHER_TEXT : TEXT;
  switch (toWish(fault)) {
    case "tool":
      expect(answer.toolCalls.map(({ name, input }) => ({ name, input }))).toEqual([
        { name: "read_file", input: INPUT },
      ]);
      return;
    case "object":
      expect(answer.object).toEqual({ verdict: "bug" });
      expect(JSON.parse(heard)).toEqual({ verdict: "bug" });
      return;
    case "text":
      if (fault === "answer-cut") {
        expect(said.startsWith(answer.text)).toBe(true);
        expect(answer.finish).toBe("length");
      } else {
        expect(answer.text).toBe(said);
        expect(answer.finish).toBe("stop");
      }
  }
}

/** What the provider has counted is what stands in the attempts, in the answer and in the budget, to the token. */
function expectCounted({ answer, attempts, budget, counted }: Played, { tokens }: FaultRow): void {
  for (const [index, { attempt, request }] of attempts.entries()) {
    const { usage, usageSource } = attempt;
    expect(usageSource).toBe(index === 0 ? tokens : "reported");
    if (usageSource === "reported") expect(usage).toEqual(toTokens(request.usage));
    else if (usageSource === "none") expect([usage, request.usage]).toEqual([NO_TOKENS, null]);
    else expect(Math.min(usage.inputTokens, usage.outputTokens)).toBeGreaterThan(0);
  }
  const sum = attempts.reduce((all, { attempt }) => addTokens(all, attempt.usage), NO_TOKENS);
  const cost = attempts.reduce(
    (all, { attempt }) => all + parseDollars(attempt.cost.usd ?? "0"),
    0n,
  );
  expect(budget).toMatchObject({ tokens: countTokens(sum), cost });
  if (answer !== null) expect(answer.usage).toEqual(sum);
  if (tokens !== "estimated") expect(budget.tokens).toBe(counted);
  else if (answer !== null && attempts.length === 1) expect(answer.warnings).not.toEqual([]);
}

function toTokens(usage: MockUsage | null): TokenUsage | null {
  if (usage === null) return null;
  return {
    inputTokens: usage.input,
    cacheReadTokens: usage.cacheRead,
    cacheWriteTokens: usage.cacheWrite,
    outputTokens: usage.output,
    reasoningTokens: usage.reasoning,
  };
}
