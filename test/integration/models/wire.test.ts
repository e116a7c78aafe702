import { describe, expect, test } from "vitest";
import { WIRE_KINDS } from "../../../src/adapters/llm/kinds.ts";
import { aMock, ask, MODELS } from "./wire-bench.ts";

const USAGE = { input: 120, output: 45, reasoning: 20, cacheRead: 70, cacheWrite: 0 };
const TOOL = {
  name: "read_file",
  description: "reads",
  inputSchema: { type: "object", properties: { path: { type: "string" } } },
};

describe.each(WIRE_KINDS)("the wire of %s", (kind) => {
  test("brings text, reasoning, served model and usage to the token", async () => {
    const answers = [{ text: "Hello to you, too.", reasoning: "they greet me", usage: USAGE }];
    const mock = await aMock({ answers });

    const outcome = await ask(mock, kind);

    expect(outcome.failure).toBeNull();
    expect(outcome.text).toBe("Hello to you, too.");
    expect(outcome.pieces.join("")).toBe(outcome.text);
    expect(outcome.finish).toBe("stop");
    expect(outcome.served).toBe(MODELS[kind]);
    expect(outcome.usageSource).toBe("reported");
    expect(outcome.usage).toMatchObject({
      inputTokens: 120,
      outputTokens: 45,
      cacheReadTokens: 70,
    });
    expect(outcome.usage.reasoningTokens).toBe(20);
    if (kind !== "openai") expect(outcome.reasoning).toBe("they greet me");
    expect(mock.requests[0]?.dialect).toBe(
      kind === "anthropic" || kind === "google" ? kind : "openai",
    );
  });

  test("brings tool calls", async () => {
    const mock = await aMock({
      answers: [{ toolCalls: [{ name: "read_file", input: { path: "src/a.ts" } }] }],
    });

    const outcome = await ask(mock, kind, { tools: [TOOL], toolChoice: "auto" });

    expect(outcome.failure).toBeNull();
    expect(outcome.finish).toBe("tool-calls");
    expect(outcome.toolCalls).toHaveLength(1);
    expect(outcome.toolCalls[0]?.name).toBe("read_file");
    expect(JSON.parse(outcome.toolCalls[0]?.input ?? "")).toEqual({ path: "src/a.ts" });
  });

  test("asks for an object of a schema", async () => {
    const mock = await aMock({ answers: [{ json: { verdict: "bug" } }] });
    const json = {
      type: "object",
      properties: { verdict: { type: "string" } },
      required: ["verdict"],
      additionalProperties: false,
    };

    const outcome = await ask(mock, kind, { schema: { name: "verdict", json } });

    expect(outcome.failure).toBeNull();
    expect(JSON.parse(outcome.text)).toEqual({ verdict: "bug" });
    expect(JSON.stringify(mock.requests[0]?.body)).toContain("verdict");
  });

  test("sends the key where the protocol wants it, and a wrong one is refused", async () => {
    const mock = await aMock({ keys: ["another-key"] });

    const outcome = await ask(mock, kind);

    expect(outcome.failure?.code).toBe("RGS-4001");
    expect(outcome.usageSource).toBe("none");
    await expect(ask(mock, kind, { endpoint: { key: null, headers: {} } })).resolves.toMatchObject({
      failure: { code: "RGS-4001" },
    });
  });
});

test.each([
  ["with both tags", "<think>\nit is a greeting\n</think>\n\nHello.", "\nit is a greeting\n"],
  ["opened by its template", "it is a greeting\n</think>\n\nHello.", "it is a greeting\n"],
])(
  "what a model of one's own machine thinks aloud is no answer: %s",
  async (_how, text, thought) => {
    const mock = await aMock({ answers: [{ text }] });

    const outcome = await ask(mock, "openai-compatible");

    expect(outcome.failure).toBeNull();
    expect(outcome.text).toBe("Hello.");
    expect(outcome.reasoning).toBe(thought);
    expect(outcome.warnings).toEqual([]);
  },
);

test("an answer that was nothing but thinking is none", async () => {
  const mock = await aMock({ answers: [{ text: "<think>it is a greeting</think>" }] });
  const outcome = await ask(mock, "openai-compatible");
  expect(outcome.failure?.code).toBe("RGS-4013");
});

test("the tags of a provider that tells thoughts apart are text", async () => {
  const mock = await aMock({ answers: [{ text: "<think>a tag</think> b" }] });
  const outcome = await ask(mock, "openai");
  expect(outcome.text).toBe("<think>a tag</think> b");
});
