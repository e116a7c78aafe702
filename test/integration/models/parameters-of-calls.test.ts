import { describe, expect, test } from "vitest";
import { openAnswerStore } from "../../../src/adapters/llm/router/answer-store.ts";
import { openLearned } from "../../../src/adapters/llm/router/learned.ts";
import type { ModelParameters } from "../../../src/contract/model/parameters.ts";
import type { ModelEvent } from "../../../src/ports/model.ts";
import { aCandidate, aFolder, aRouter, HELLO, signal } from "./router-bench.ts";
import { aMock } from "./wire-bench.ts";

describe("parameters of a call", () => {
  test("come from model, role and wishes, the narrower and the later winning", async () => {
    const mock = await aMock({});
    const parameters: ModelParameters = {
      temperature: 0.1,
      topP: 0.1,
      topK: 1,
      minP: 0.1,
      seed: 1,
    };
    const candidate = aCandidate(mock, "openai-compatible", { model: "qwen3:8b", parameters });
    const router = aRouter([candidate], {
      parameters: {
        roles: { check: { topP: 0.2, topK: 2, minP: 0.2, seed: 2, extraBody: { a: 1, b: 1 } } },
        wishes: {
          all: { topK: 3, minP: 0.3, seed: 3, extraBody: { b: 2 } },
          roles: { check: { minP: 0.4, seed: 4 }, judge: { temperature: 2 } },
          models: { "qwen3:8b": { seed: 5, stop: ["X"] }, other: { temperature: 2 } },
        },
      },
    });

    await router.generate({ ...HELLO, parameters: { stop: ["Y"] } }, { signal });

    expect(mock.requests[0]?.body).toMatchObject({
      ...{ temperature: 0.1, top_p: 0.2, top_k: 3, min_p: 0.4, seed: 5, stop: ["Y"], a: 1, b: 2 },
    });
  });

  test("what was left out stands in the event of the attempt, the answer, the cache and the recording", async () => {
    const mock = await aMock({});
    const candidate = aCandidate(mock, "openai", { model: "o4-mini" });
    const [cache, store] = [openAnswerStore(await aFolder()), openAnswerStore(await aFolder())];
    const heard: ModelEvent[] = [];
    const request = { ...HELLO, parameters: { temperature: 0.2, topK: 5 } };
    const dropped = [
      expect.objectContaining({ parameter: "temperature", action: "dropped" }),
      expect.objectContaining({ parameter: "topK", action: "dropped" }),
    ];

    const recording = { store, mode: "record" } as const;
    const first = await aRouter([candidate], { cache, recording }).generate(request, {
      signal,
      onEvent: (event) => heard.push(event),
    });
    const cached = await aRouter([candidate], { cache }).generate(request, { signal });
    const recorded = await aRouter([candidate], { recording }).generate(request, { signal });

    expect(heard[0]).toMatchObject({ name: "attempt-start", changes: dropped });
    expect(first.changes).toEqual(dropped);
    expect([cached.source, recorded.source]).toEqual(["cache", "recording"]);
    expect([cached.changes, recorded.changes]).toEqual([first.changes, first.changes]);
  });
});

describe("the cache", () => {
  const ask = async (
    cache: ReturnType<typeof openAnswerStore>,
    ...models: readonly ReturnType<typeof aCandidate>[]
  ): Promise<string> => (await aRouter(models, { cache }).generate(HELLO, { signal })).source;

  test("keeps apart what is sent: parameters of the provider, a body of one's own, the policy", async () => {
    const mock = await aMock({});
    const cache = openAnswerStore(await aFolder());
    const of = (own: Parameters<typeof aCandidate>[2]): ReturnType<typeof aCandidate> =>
      aCandidate(mock, "openai", { model: "o4-mini", ...own });

    expect(await ask(cache, of({}))).toBe("network");
    expect(await ask(cache, of({ parameters: { maxOutputTokens: 9 } }))).toBe("network");
    expect(await ask(cache, of({ parameters: { maxOutputTokens: 8 } }))).toBe("network");
    expect(await ask(cache, of({ parameters: { extraBody: { store: true } } }))).toBe("network");
    expect(await ask(cache, of({ policy: "raw" }))).toBe("network");
    // It never goes out, so the answer is the same.
    expect(await ask(cache, of({ parameters: { temperature: 0 } }))).toBe("cache");
    expect(await ask(cache, of({ parameters: { maxOutputTokens: 8 } }))).toBe("cache");
  });

  test("keeps apart addresses and protocols", async () => {
    const [mock, other] = [await aMock({}), await aMock({})];
    const cache = openAnswerStore(await aFolder());
    const model = "same";
    const here = aCandidate(mock, "openai-compatible", { model });
    const spoken = {
      ...aCandidate(mock, "openai", { model }),
      provider: here.provider,
    };

    expect(await ask(cache, here)).toBe("network");
    expect(await ask(cache, aCandidate(other, "openai-compatible", { model }))).toBe("network");
    expect(await ask(cache, spoken)).toBe("network");
    expect(await ask(cache, here)).toBe("cache");
  });

  test("finds an answer again on whose way a parameter was refused", async () => {
    const mock = await aMock({
      faults: [{ fault: "bad-parameter", parameter: "top_k", times: 1 }],
    });
    const cache = openAnswerStore(await aFolder());
    const learned = openLearned(await aFolder());
    const candidate = aCandidate(mock, "openai-compatible", { parameters: { topK: 5 } });
    const again = (): Promise<{ readonly source: string }> =>
      aRouter([candidate], { cache, deps: { learned } }).generate(HELLO, { signal });

    expect([(await again()).source, (await again()).source]).toEqual(["network", "cache"]);
    expect(mock.requests).toHaveLength(2);
  });
});

describe("who answers", () => {
  test("a fallback keeps the reasoning that parameters ask for", async () => {
    const first = await aMock({ faults: [{ fault: "status-500" }] });
    const plain = await aMock({});
    const third = await aMock({ answers: [{ text: "thought" }] });
    const router = aRouter(
      [
        aCandidate(first, "openai", { model: "o4-mini" }),
        aCandidate(plain, "openai", { model: "gpt-4.1" }),
        aCandidate(third, "anthropic", { model: "claude-sonnet-4-5" }),
      ],
      { parameters: { roles: { check: { reasoningEffort: "high" } } } },
    );

    expect((await router.generate(HELLO, { signal })).text).toBe("thought");
    expect(plain.requests).toHaveLength(0);
  });

  test("where no model can reason, the effort is left out and recorded", async () => {
    const mock = await aMock({});
    const parameters = { reasoningEffort: "high" } as const;

    const answer = await aRouter([aCandidate(mock, "openai", { model: "gpt-4.1" })]).generate(
      { ...HELLO, parameters },
      { signal },
    );

    expect(answer.changes).toMatchObject([{ parameter: "reasoningEffort", action: "dropped" }]);
  });

  test("a role with models of its own asks those, spread where it wants several, and others do not", async () => {
    const [usual, one, two] = [
      await aMock({ answers: [{ text: "usual" }] }),
      await aMock({ answers: [{ text: "one" }] }),
      await aMock({ answers: [{ text: "two" }] }),
    ];
    const router = aRouter([aCandidate(usual, "openai")], {
      roleCandidates: { judge: [aCandidate(one, "anthropic"), aCandidate(two, "google")] },
    });
    const ask = async (role: "judge" | "oracle", sample: number): Promise<string> =>
      (await router.generate({ ...HELLO, role, sample, spreads: true }, { signal })).text;

    expect(await Promise.all([ask("judge", 0), ask("judge", 1), ask("judge", 2)])).toEqual([
      ...["one", "two", "one"],
    ]);
    expect(await ask("oracle", 1)).toBe("usual");
    expect(router.models().map(({ provider }) => provider)).toEqual([
      ...["openai", "anthropic", "google"],
    ]);
  });
});
