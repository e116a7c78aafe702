import { readFile } from "node:fs/promises";
import { lookup } from "node:dns";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import { LIMITS } from "../../../src/adapters/llm/router/candidate.ts";
import type { StoredSpan } from "../../../src/contract/trace.ts";
import type { ModelAnswer } from "../../../src/contract/model/answer.ts";
import {
  observeBreaker,
  observeLanes,
  observeModels,
} from "../../../src/telemetry/observe-models.ts";
import { openTelemetry } from "../../../src/telemetry/open-telemetry.ts";
import { checkTrace, mergeSpans, parseTrace } from "../../../src/telemetry/tracing/trace-tree.ts";
import type { ModelPort } from "../../../src/ports/model.ts";
import { toScrape } from "../../e2e/support/metrics.ts";
import { aCandidate, aFolder, aRouter, HELLO, signal } from "./router-bench.ts";
import { aMock, clock } from "./wire-bench.ts";

const RUN = "20261127-000000-abcdef";

/** What a run's files say once `work` has asked models within an Action of it. */
async function watch(
  candidates: Parameters<typeof aRouter>[0],
  work: (port: ModelPort) => Promise<void>,
): Promise<{
  readonly spans: readonly StoredSpan[];
  readonly value: (series: string) => number | null;
  readonly text: string;
}> {
  const folder = await aFolder();
  let text = "";
  const telemetry = await openTelemetry(
    {
      ...{ clock, lookup, writeStderr: () => undefined },
      keepFile: (_name, content) => Promise.resolve(void (text = content)),
    },
    {
      ...{ version: "1", runId: RUN, folder, levels: "", toStderr: false },
      ...{ collector: null, secrets: [] },
    },
  );
  const observed = { telemetry, kindOf: (name: string) => name };
  observeLanes(
    observed,
    candidates.map(({ provider, moreKeys }) => ({ provider, keys: 1 + moreKeys.length })),
  );
  const router = aRouter(candidates, {
    deps: {
      onBreaker: (model, state, left) => {
        observeBreaker(observed, model, state, left);
      },
    },
  });
  const action = { "regoose.action": "propose-tests", "regoose.step": "x", "regoose.attempt": 1 };
  await telemetry.span("action propose-tests", action, () => work(observeModels(observed, router)));
  await telemetry[Symbol.asyncDispose]();
  const lines = parseTrace(await readFile(join(folder, "trace.ndjson"), "utf8"));
  expect(checkTrace(RUN, lines, [])).toEqual([]);
  return { spans: mergeSpans(lines), value: toScrape(text).value, text };
}

describe("calls of models, observed", () => {
  test("are leaves of the run's trace, and their tokens and money add up to what was answered", async () => {
    const usage = { input: 120, output: 40, reasoning: 10, cacheRead: 100 };
    const first = await aMock({
      answers: [{ text: "one two three four five", usage }],
      faults: [{ fault: "stream-cut" }],
    });
    const second = await aMock({ answers: [{ text: "whole", usage }] });
    const answers: ModelAnswer[] = [];

    const { spans, value } = await watch(
      [aCandidate(first, "openai"), aCandidate(second, "anthropic")],
      async (port) => {
        answers.push(await port.generate(HELLO, { signal }));
      },
    );

    const action = spans.find(({ name }) => name.startsWith("action"));
    const chats = spans.filter(({ name }) => name.startsWith("chat "));
    expect(chats.map(({ parentId }) => parentId)).toEqual([action?.spanId, action?.spanId]);
    expect(chats.filter(({ spanId }) => spans.some((one) => one.parentId === spanId))).toEqual([]);
    expect(chats).toMatchObject([
      {
        name: "chat gpt-4.1",
        status: "error",
        attributes: {
          ...{ "gen_ai.provider.name": "openai", "error.type": "RGS-4010" },
          ...{ "regoose.model.role": "check", "regoose.model.usage_source": "estimated" },
        },
      },
      {
        name: "chat claude-sonnet-4-5",
        status: "ok",
        attributes: {
          "gen_ai.response.model": expect.any(String) as string,
          "regoose.model.usage_source": "reported",
          "regoose.model.usd": answers[0]?.attempts[1]?.cost.usd,
        },
      },
    ]);
    const sum = (name: string): number =>
      chats.reduce((all, { attributes }) => all + Number(attributes[name]), 0);
    const [answer] = answers;
    expect(sum("gen_ai.usage.input_tokens")).toBe(answer?.usage.inputTokens);
    expect(sum("gen_ai.usage.output_tokens")).toBe(answer?.usage.outputTokens);

    const of = (kind: string): number =>
      ["openai", "anthropic"]
        .map((one) => value(`regoose_model_tokens_total{provider="${one}",kind="${kind}"}`) ?? 0)
        .reduce((all, one) => all + one, 0);
    expect(of("input")).toBe(answer?.usage.inputTokens);
    expect(of("cache-read")).toBe(answer?.usage.cacheReadTokens);
    expect(of("output")).toBe(answer?.usage.outputTokens);
    expect(of("reasoning")).toBe(answer?.usage.reasoningTokens);
    expect(value('regoose_model_calls_total{provider="openai",outcome="transient"}')).toBe(1);
    expect(value('regoose_model_calls_total{provider="anthropic",outcome="succeeded"}')).toBe(1);
    expect(value('regoose_model_fallbacks_total{provider="openai",class="transient"}')).toBe(1);
    expect(value('regoose_model_answers_total{source="network"}')).toBe(1);
    for (const name of ["call_duration", "first_token"])
      expect(value(`regoose_model_${name}_seconds_count{provider="anthropic"}`)).toBe(1);
    expect(value('regoose_model_cost_usd_total{provider="anthropic"}')).toBeCloseTo(
      Number(answer?.attempts[1]?.cost.usd),
      12,
    );
  });

  test("count the states that a breaker enters, and nothing that an open one kept back", async () => {
    const down = await aMock({ faults: [{ fault: "status-503" }] });
    const well = await aMock({ answers: [{ text: "here" }] });

    const { value } = await watch(
      [aCandidate(down, "openai"), aCandidate(well, "google")],
      async (port) => {
        for (let call = 0; call < 7; call += 1) await port.generate(HELLO, { signal });
      },
    );

    const inState = (kind: string, state: string): number | null =>
      value(`regoose_breaker_state{call="models ${kind}",state="${state}"}`);
    expect(inState("openai", "open")).toBe(1);
    expect(inState("openai", "closed")).toBe(0);
    expect(inState("google", "closed")).toBe(1);
    expect(value('regoose_model_breaker_transitions_total{provider="openai",state="open"}')).toBe(
      1,
    );
    expect(value('regoose_model_calls_total{provider="openai",outcome="transient"}')).toBe(
      down.requests.length,
    );
    expect(value('regoose_model_fallbacks_total{provider="openai",class="transient"}')).toBe(7);
    expect(value('regoose_model_calls_total{provider="google",outcome="succeeded"}')).toBe(7);
  });

  test("count what hedges were for, and take the time of each call and its first token", async () => {
    const silent = await aMock({ faults: [{ fault: "first-token-hang", holdMs: 600_000 }] });
    const quick = await aMock({ pace: { firstTokenMs: 300 }, answers: [{ text: "here I am" }] });
    const slow = await aMock({ pace: { firstTokenMs: 2_000 }, answers: [{ text: "slow one" }] });
    const slower = await aMock({ pace: { firstTokenMs: 600_000 } });
    const asked =
      (...[first, second]: Parameters<typeof aCandidate>[0][]) =>
      () =>
        watch(
          [aCandidate(first!, "openai", { hedgeAfterMs: 200 }), aCandidate(second!, "anthropic")],
          async (port) => {
            await port.generate(HELLO, { signal });
          },
        );
    const won = await asked(silent, quick)();
    expect(won.value('regoose_model_hedges_total{provider="anthropic",outcome="won"}')).toBe(1);
    for (const name of ["call_duration", "first_token"]) {
      const series = `regoose_model_${name}_seconds`;
      expect(won.value(`${series}_count{provider="anthropic"}`)).toBe(1);
      expect(won.value(`${series}_sum{provider="anthropic"}`)).toBeGreaterThan(0.25);
      expect(won.value(`${series}_sum{provider="anthropic"}`)).toBeLessThan(60);
    }
    // Nothing of it came.
    expect(won.value('regoose_model_first_token_seconds_count{provider="openai"}')).toBe(null);
    const lost = await asked(slow, slower)();
    expect(lost.value('regoose_model_hedges_total{provider="anthropic",outcome="lost"}')).toBe(1);
  });

  test("end their span where the caller gives up", async () => {
    const silent = await aMock({ faults: [{ fault: "silence", holdMs: 60_000 }] });
    const stop = new AbortController();

    const { spans } = await watch(
      [aCandidate(silent, "openai", { limits: LIMITS })],
      async (port) => {
        const asked = port.generate(HELLO, { signal: stop.signal });
        await expect.poll(() => silent.requests.length, { timeout: 30_000 }).toBe(1);
        stop.abort(new Error("enough"));
        await expect(asked).rejects.toThrow("enough");
      },
    );

    expect(spans.find(({ name }) => name === "chat gpt-4.1")).toMatchObject({
      status: "error",
      attributes: { "error.message": "enough" },
    });
  });

  test("write down nothing that was asked or answered", async () => {
    const mock = await aMock({ answers: [{ text: "an-answer-of-its-own" }] });
    const { spans, text } = await watch([aCandidate(mock, "openai")], async (port) => {
      const messages = [{ role: "user", text: "a-question-of-its-own" }] as const;
      await port.generate({ ...HELLO, messages }, { signal });
    });
    expect(JSON.stringify(spans) + text).not.toMatch(/of-its-own/u);
  });
});
