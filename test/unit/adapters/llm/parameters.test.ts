import { describe, expect, test } from "vitest";
import type { WireKind } from "../../../../src/adapters/llm/kinds.ts";
import { findParameter } from "../../../../src/adapters/llm/parameters/fields.ts";
import { findModelFacts } from "../../../../src/adapters/llm/parameters/model-table.ts";
import {
  applyPlan,
  planParameters,
} from "../../../../src/adapters/llm/parameters/plan-parameters.ts";
import type {
  ModelParameters,
  ParameterPolicy,
} from "../../../../src/contract/model/parameters.ts";

const ALL: ModelParameters = {
  temperature: 1.5,
  topP: 0.9,
  topK: 40,
  minP: 0.05,
  maxOutputTokens: 500,
  presencePenalty: 0.1,
  frequencyPenalty: 0.2,
  repeatPenalty: 1.1,
  seed: 7,
  stop: ["END"],
  logitBias: { "50256": -100 },
  reasoningEffort: "high",
  verbosity: "low",
  responseFormat: "json",
  serviceTier: "flex",
  parallelToolCalls: false,
};

function plan(
  kind: WireKind,
  model: string,
  parameters: ModelParameters,
  policy: ParameterPolicy = "adapt",
): { readonly body: Record<string, unknown>; readonly changed: readonly string[] } {
  const made = planParameters({
    kind,
    provider: kind,
    model,
    parameters,
    policy,
    refused: new Set(),
  });
  const changed = made.changes.map(({ action, parameter }) => `${action} ${parameter}`).toSorted();
  return { body: applyPlan(kind, {}, made), changed };
}

describe("parameters", () => {
  test("everything goes to a local server under its own name", () => {
    const { body, changed } = plan("openai-compatible", "qwen3", ALL);

    expect(body).toEqual({
      temperature: 1.5,
      top_p: 0.9,
      top_k: 40,
      min_p: 0.05,
      max_tokens: 500,
      presence_penalty: 0.1,
      frequency_penalty: 0.2,
      repeat_penalty: 1.1,
      seed: 7,
      stop: ["END"],
      logit_bias: { "50256": -100 },
      reasoning_effort: "high",
      verbosity: "low",
      response_format: { type: "json_object" },
      service_tier: "flex",
      parallel_tool_calls: false,
    });
    expect(changed).toEqual([]);
  });

  test("every parameter that is not in the body is in the record", () => {
    for (const [kind, model] of [
      ["openai", "gpt-4.1"],
      ["openai", "o4-mini"],
      ["openai", "gpt-5"],
      ["deepseek", "deepseek-reasoner"],
      ["anthropic", "claude-sonnet-4-5"],
      ["google", "gemini-2.5-pro"],
    ] as const) {
      const made = planParameters({
        kind,
        provider: kind,
        model,
        parameters: ALL,
        policy: "adapt",
        refused: new Set(),
      });
      const told = new Set(
        made.changes.filter(({ action }) => action === "dropped").map(({ parameter }) => parameter),
      );
      const fields = made.fields.filter(([field]) => field !== "thinking.type");
      expect(fields.length + told.size, `${kind}/${model}`).toBe(Object.keys(ALL).length);
    }
  });

  test("what a model takes may depend on another parameter", () => {
    const { body } = plan("openai", "gpt-5.1", { temperature: 0, reasoningEffort: "none" });
    const { changed } = plan("openai", "gpt-5.1", { temperature: 0, reasoningEffort: "low" });

    expect(body).toEqual({ temperature: 0, reasoning_effort: "none" });
    expect(changed).toEqual(["dropped temperature"]);
  });

  test("strict fails where adapt changes, and raw sends all", () => {
    expect(() => plan("openai", "o3", { temperature: 0 }, "strict")).toThrow(
      /does not take temperature/u,
    );
    expect(plan("openai", "o3", { temperature: 0 }, "raw").body).toEqual({ temperature: 0 });
    expect(plan("openai", "o3", { temperature: 0 }).body).toEqual({});
  });

  test("effort becomes a budget for thinking, without sampling beside it, and the limit holds both", () => {
    const { body, changed } = plan("anthropic", "claude-sonnet-4-5", {
      reasoningEffort: "medium",
      temperature: 0.5,
      maxOutputTokens: 1_000,
    });

    expect(body).toEqual({
      thinking: { type: "enabled", budget_tokens: 8_192 },
      max_tokens: 9_192,
    });
    expect(changed).toEqual([
      "changed maxOutputTokens",
      "dropped temperature",
      "renamed reasoningEffort",
    ]);
  });

  test("strict refuses also what one parameter does to another", () => {
    const effort = { reasoningEffort: "medium" } as const;
    const strict = (parameters: ModelParameters): unknown =>
      plan("anthropic", "claude-sonnet-4-5", parameters, "strict").body;

    expect(() => strict({ ...effort, temperature: 0.5 })).toThrow(/does not take temperature/u);
    expect(() => strict({ ...effort, maxOutputTokens: 1_000 })).toThrow(/maxOutputTokens/u);
    expect(strict({ ...effort, maxOutputTokens: 20_000 })).toEqual({
      thinking: { type: "enabled", budget_tokens: 8_192 },
      max_tokens: 20_000,
    });
  });

  test.each([
    ["anthropic", "claude-sonnet-4-5", { seed: 7, min_p: 0.05, repeat_penalty: 1.1 }],
    ["google", "gemini-2.5-pro", { generationConfig: { seed: 7, minP: 0.05, repeatPenalty: 1.1 } }],
  ] as const)(
    "raw sends to %s also what its protocol has no name for, and says so",
    (kind, model, body) => {
      const made = plan(kind, model, { seed: 7, minP: 0.05, repeatPenalty: 1.1 }, "raw");

      expect(made.body).toEqual(body);
      expect(made.changed).toContain("renamed minP");
      expect(made.changed.filter((change) => !change.startsWith("renamed"))).toEqual([]);
    },
  );

  test("the body of one's own has the last word", () => {
    const { body } = plan("openai", "gpt-4.1", {
      temperature: 0,
      extraBody: { temperature: null, store: true, "metadata.team": "a" },
    });

    expect(body).toEqual({ store: true, metadata: { team: "a" } });
  });

  test("a schema is a stronger wish than plain JSON", () => {
    const made = planParameters({
      ...{ kind: "openai", provider: "openai", model: "gpt-4.1", policy: "adapt" },
      ...{ parameters: { responseFormat: "json" }, refused: new Set() },
    });
    const schema = { type: "json_schema" };

    expect(applyPlan("openai", { response_format: schema }, made)["response_format"]).toBe(schema);
  });

  test.each([
    ["openai", "max_tokens", "maxOutputTokens"],
    ["openai", "temperature", "temperature"],
    ["google", "generation_config.top_k", null],
    ["google", "topK", "topK"],
    ["anthropic", "thinking.budget_tokens", "reasoningTokens"],
    ["openai", "messages", null],
  ] as const)("an error of %s about %s is about %s", (kind, field, name) => {
    expect(findParameter(kind, field)).toBe(name);
  });

  test("knows families also behind a gateway's prefix", () => {
    expect(findModelFacts("openai", "openai/o3").capabilities).toContain("reasoning");
    expect(findModelFacts("openai", "gpt-5-chat-latest").isSlow).toBe(false);
  });
});
