import { describe, expect, test } from "vitest";
import { type FaultName, FAULT_NAMES } from "../../../src/adapters/mock-llm/faults.ts";
import type { ErrorCode } from "../../../src/kernel/error-table.ts";
import { aMock, ask, type AskOptions } from "./wire-bench.ts";

/** One code, or one for each protocol; null for an answer that is whole all the same. */
type Expected = ErrorCode | null;

const TEXT = "one two three four five six seven eight nine ten";
const TOOL = {
  name: "read_file",
  description: "reads",
  inputSchema: { type: "object", properties: { path: { type: "string" } } },
};
const SHORT = { connectMs: 5_000, firstTokenMs: 400, gapMs: 400, totalMs: 20_000 };

/** What each fault has to come to. A fault without a row does not compile. */
const EXPECTED: Readonly<Record<FaultName, Expected>> = {
  "rate-limit": "RGS-4007",
  "rate-limit-date": "RGS-4007",
  "rate-limit-bare": "RGS-4007",
  "retry-after-absurd": "RGS-4007",
  "retry-after-garbage": "RGS-4007",
  "status-500": "RGS-4008",
  "status-502": "RGS-4008",
  "status-503": "RGS-4008",
  overloaded: "RGS-4008",
  silence: "RGS-4009",
  "first-token-hang": "RGS-4009",
  "stream-hang": "RGS-4009",
  "stream-cut": "RGS-4010",
  garbage: "RGS-4011",
  "broken-tool-input": "RGS-4011",
  "wrong-schema": null,
  empty: "RGS-4013",
  refusal: "RGS-4014",
  "context-overflow": "RGS-4006",
  "wrong-usage": null,
  "no-usage": null,
  "key-rejected": "RGS-4001",
  "key-forbidden": "RGS-4001",
  "model-gone": "RGS-4005",
  slow: null,
  "duplicate-tool-call": null,
  "quota-exhausted": "RGS-4017",
  "bad-parameter": "RGS-4004",
  "bad-request": "RGS-4003",
  html: "RGS-4011",
  "error-in-200": "RGS-4008",
  redirect: "RGS-4021",
  reset: "RGS-4008",
  "stream-reset": "RGS-4010",
  "gzip-cut": "RGS-4010",
  "length-short": "RGS-4010",
  endless: "RGS-4009",
  "malformed-frame": "RGS-4010",
  "stream-error": "RGS-4008",
  "no-finish": "RGS-4010",
  "cut-tool-input": "RGS-4011",
  "duplicate-frames": null,
  "swapped-tool-frames": "RGS-4011",
  "answer-cut": null,
};

const WITH_TOOLS = new Set<FaultName>([
  "broken-tool-input",
  "cut-tool-input",
  "swapped-tool-frames",
  "duplicate-tool-call",
]);
const WITH_SHORT_LIMITS = new Set<FaultName>(["silence", "first-token-hang", "stream-hang"]);

/** Faults that a protocol cannot have: its tool calls come whole, or its frames hold no error. */
const NOT_THERE: Readonly<Record<string, readonly FaultName[]>> = {
  openai: [],
  anthropic: [],
  google: ["cut-tool-input", "swapped-tool-frames", "broken-tool-input"],
};

describe.each(["openai", "anthropic", "google"] as const)("a fault on the wire of %s", (kind) => {
  const names = FAULT_NAMES.filter((name) => !NOT_THERE[kind]?.includes(name));

  test.each(names)("%s", async (fault) => {
    const isTool = WITH_TOOLS.has(fault);
    const input = { path: "src/some/long/path/of/a/file.ts", from: 1, to: 200 };
    const mock = await aMock({
      answers: [isTool ? { toolCalls: [{ name: "read_file", input }] } : { text: TEXT }],
      faults: [{ fault, after: 4 }],
    });
    const options: AskOptions = {
      ...(isTool ? { tools: [TOOL] } : {}),
      ...(WITH_SHORT_LIMITS.has(fault) ? { limits: SHORT } : {}),
      ...(fault === "endless"
        ? { limits: { ...SHORT, firstTokenMs: 20_000, gapMs: 20_000, totalMs: 700 } }
        : {}),
    };

    const outcome = await ask(mock, kind, options);

    expect(outcome.failure?.code ?? null, outcome.failure?.message).toBe(EXPECTED[fault]);
    // Nothing is made up: what was heard is a beginning of what was said.
    if (outcome.failure !== null && !isTool && fault !== "refusal" && fault !== "endless")
      expect(TEXT.startsWith(outcome.text)).toBe(true);
    if (outcome.failure === null && !isTool && !ODD_TEXTS.has(fault))
      expect(outcome.text).toBe(TEXT);
    expect(Object.values(outcome.usage).every((count) => count >= 0)).toBe(true);
    expect(outcome.usage.reasoningTokens).toBeLessThanOrEqual(outcome.usage.outputTokens);
  });
});

/** Whole answers, but not the text of the script. */
const ODD_TEXTS = new Set<FaultName>(["wrong-schema", "answer-cut", "duplicate-frames"]);

describe("what an outcome says about a fault", () => {
  test.each([
    ["rate-limit", 7, 7_000, 7_000],
    ["rate-limit-date", 30, 28_000, 31_000],
    ["retry-after-absurd", undefined, 86_400_000, 86_400_000],
  ] as const)("%s says when to come back", async (fault, retryAfter, leastMs, mostMs) => {
    const mock = await aMock({ faults: [{ fault, retryAfter }] });

    const { failure } = await ask(mock, "openai");

    expect(failure?.retryAfterMs).toBeGreaterThanOrEqual(leastMs);
    expect(failure?.retryAfterMs).toBeLessThanOrEqual(mostMs);
  });

  test("a Retry-After that nobody understands says nothing", async () => {
    const mock = await aMock({ faults: [{ fault: "retry-after-garbage" }] });

    expect((await ask(mock, "openai")).failure?.retryAfterMs).toBeUndefined();
  });

  test("numbers of tokens that cannot be are estimated, and the warning says so", async () => {
    const mock = await aMock({ answers: [{ text: TEXT }], faults: [{ fault: "wrong-usage" }] });

    const { usageSource, warnings } = await ask(mock, "openai");

    expect(usageSource).toBe("estimated");
    expect(warnings.join()).toContain("cannot be");
  });

  test("more pieces than tokens is a warning: frames may have come twice", async () => {
    const mock = await aMock({
      answers: [{ text: TEXT }],
      faults: [{ fault: "duplicate-frames" }],
    });

    expect((await ask(mock, "openai")).warnings.join()).toContain("come twice");
  });

  test("the same tool call twice is one, with a warning", async () => {
    const mock = await aMock({
      answers: [{ toolCalls: [{ name: "read_file", input: { path: "a" } }] }],
      faults: [{ fault: "duplicate-tool-call" }],
    });

    const { toolCalls, warnings } = await ask(mock, "openai", { tools: [TOOL] });

    expect(toolCalls).toHaveLength(1);
    expect(warnings.join()).toContain("counts once");
  });

  test("an answer that met its limit says so", async () => {
    const mock = await aMock({ answers: [{ text: TEXT }], faults: [{ fault: "answer-cut" }] });

    expect((await ask(mock, "anthropic")).finish).toBe("length");
  });

  test("a stream that broke costs what was heard, estimated", async () => {
    const mock = await aMock({
      answers: [{ text: TEXT }],
      faults: [{ fault: "stream-cut", after: 6 }],
    });

    const { usage, usageSource, text } = await ask(mock, "openai");

    expect(text).toBe("one two three four five six");
    expect(usageSource).toBe("estimated");
    expect(usage.outputTokens).toBeGreaterThan(0);
    expect(usage.inputTokens).toBeGreaterThan(0);
  });

  test("which limit was reached", async () => {
    const mock = await aMock({
      answers: [{ text: TEXT }],
      faults: [
        { fault: "first-token-hang", when: { requests: [1] } },
        { fault: "stream-hang", when: { requests: [2] } },
      ],
    });

    const first = await ask(mock, "openai", { limits: SHORT });
    const second = await ask(mock, "openai", { limits: SHORT });

    expect(first.failure?.details["phase"]).toBe("first token");
    expect(second.failure?.details["phase"]).toBe("gap");
    expect(second.firstTokenMs).not.toBeNull();
  });

  test("a key never stands in an error, also where the provider repeats it", async () => {
    const mock = await aMock({ keys: ["x"] });

    const { failure } = await ask(mock, "openai");

    expect(JSON.stringify([failure?.message, failure?.details])).not.toContain("key-of-the-test");
  });

  test("nobody listens at the address", async () => {
    const mock = await aMock({});
    await mock[Symbol.asyncDispose]();

    const { failure } = await ask(mock, "openai");

    expect(failure?.code).toBe("RGS-4008");
    expect(failure?.message).toContain("ECONNREFUSED");
  });

  test("no such host", async () => {
    const { failure } = await ask({ url: "http://no-such-host.invalid" }, "openai");

    expect(failure?.code).toBe("RGS-4008");
  });

  test("the caller's own signal is no failure of the provider's", async () => {
    const mock = await aMock({ faults: [{ fault: "silence" }] });
    const stop = new AbortController();

    const asked = ask(mock, "openai", { signal: stop.signal });
    while (mock.requests.length === 0) await new Promise((done) => setTimeout(done, 5));
    stop.abort(new Error("enough"));

    await expect(asked).rejects.toThrow("enough");
  });
});
