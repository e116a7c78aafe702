import { readdir } from "node:fs/promises";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import { z } from "zod";
import { createBudget, NO_BUDGETS } from "../../../src/adapters/llm/money/budget.ts";
import { createPriceTable, parseDollars } from "../../../src/adapters/llm/money/prices.ts";
import { countTokens } from "../../../src/contract/model/usage.ts";
import {
  openAnswerCache,
  openAnswerStore,
  toStored,
} from "../../../src/adapters/llm/router/answer-store.ts";
import { aCandidate, aFolder, aRouter, HELLO, signal } from "./router-bench.ts";
import { aMock, clock } from "./wire-bench.ts";

describe("tokens and money", () => {
  test("the sum of the leaves is what the provider counted, to the token", async () => {
    const mock = await aMock({
      answers: [
        {
          text: "a b c",
          reasoning: "d e",
          usage: { input: 1_003, output: 77, reasoning: 31, cacheRead: 512 },
        },
      ],
    });
    const budget = createBudget(NO_BUDGETS, null);
    const router = aRouter([aCandidate(mock, "openai")], { deps: { budget } });

    const answers = await Promise.all(
      Array.from({ length: 40 }, (_, sample) => router.generate({ ...HELLO, sample }, { signal })),
    );

    const provider = mock.requests.reduce(
      (sum, { usage }) => sum + (usage?.input ?? 0) + (usage?.output ?? 0),
      0,
    );
    const leaves = answers
      .flatMap(({ attempts }) => attempts)
      .reduce((sum, { usage }) => sum + usage.inputTokens + usage.outputTokens, 0);
    const run = await budget.spent();
    expect(provider).toBe(40 * 1_080);
    expect(leaves).toBe(provider);
    expect(run.tokens).toBe(provider);
    expect(answers.reduce((sum, { usage }) => sum + usage.reasoningTokens, 0)).toBe(40 * 31);
    // 491 at $2, 512 at $0.5, 77 at $8 a million.
    expect(run.cost).toBe(40n * parseDollars("0.001854"));
  });

  test("an attempt that failed counts too", async () => {
    const mock = await aMock({
      answers: [{ text: "one two three four" }],
      faults: [{ fault: "stream-cut", times: 1 }],
    });
    const budget = createBudget(NO_BUDGETS, null);

    const answer = await aRouter([aCandidate(mock, "openai")], { deps: { budget } }).generate(
      HELLO,
      { signal },
    );

    expect(answer.attempts.map(({ usageSource }) => usageSource)).toEqual([
      "estimated",
      "reported",
    ]);
    expect(countTokens(answer.usage)).toBe((await budget.spent()).tokens);
    expect(answer.usage.outputTokens).toBeGreaterThan(
      answer.attempts[1]?.usage.outputTokens ?? Infinity,
    );
  });

  test.each([
    ["tokens", { usd: null, tokens: 9_000 }],
    ["dollars", { usd: parseDollars("0.07"), tokens: null }],
  ])("a budget in %s stops before the call, also for calls at the same time", async (_, run) => {
    const mock = await aMock({});
    const budget = createBudget({ ...NO_BUDGETS, run }, null);
    const router = aRouter([aCandidate(mock, "openai")], { deps: { budget } });

    const ends = await Promise.allSettled(
      [1, 2, 3].map((sample) => router.generate({ ...HELLO, sample }, { signal })),
    );

    expect(ends.filter(({ status }) => status === "fulfilled")).toHaveLength(1);
    expect(mock.requests).toHaveLength(1);
    const refused = ends.find((end) => end.status === "rejected");
    expect(refused?.reason).toMatchObject({ code: "RGS-4016" });
  });

  test("a budget in dollars wants a price", async () => {
    const mock = await aMock({});
    const run = { usd: parseDollars("1"), tokens: null };
    const candidate = aCandidate(mock, "openai", { model: "brand-new" });
    const ask = (prices: ReturnType<typeof createPriceTable>): Promise<unknown> =>
      aRouter([candidate], {
        deps: { prices, budget: createBudget({ ...NO_BUDGETS, run }, null) },
      }).generate(HELLO, { signal });

    await expect(ask(createPriceTable({}))).rejects.toMatchObject({ code: "RGS-4020" });
    await expect(
      ask(createPriceTable({ "openai/brand-new": { input: "1", output: "1" } })),
    ).resolves.toBeDefined();
  });
});

describe("answers that are kept", () => {
  test("the cache gives the same answer without a call, and only to the same question", async () => {
    const mock = await aMock({ answers: [{ text: "hello", reasoning: "hm" }] });
    const cache = openAnswerStore(await aFolder());
    const candidate = aCandidate(mock, "anthropic");

    const first = await aRouter([candidate], { cache }).generate(HELLO, { signal });
    const again = await aRouter([candidate], { cache }).generate(HELLO, { signal });
    await aRouter([candidate], { cache }).generate({ ...HELLO, sample: 1 }, { signal });

    expect(mock.requests).toHaveLength(2);
    expect(again).toMatchObject({
      text: first.text,
      source: "cache",
      attempts: [],
      usage: first.usage,
    });
  });

  test("the cache keeps the newest answers, and a recording all of them", async () => {
    const [cached, recorded] = [await aFolder(), await aFolder()];
    const mock = await aMock({});
    const cache = openAnswerCache(cached, 256);
    const store = openAnswerStore(recorded);
    const answer = await aRouter([aCandidate(mock, "openai")]).generate(HELLO, { signal });
    // All in one folder, whose share is one answer.
    const keys = ["ab01", "ab02", "ab03"];
    for (const key of keys) {
      await cache.put(key, toStored(answer));
      await store.put(key, toStored(answer));
      // Ages of files are told apart by the millisecond at least.
      await clock.sleep(5);
    }

    expect(await readdir(join(cached, "ab"))).toEqual(["ab03.json"]);
    expect((await cache.get("ab03"))?.text).toBe(answer.text);
    expect(await cache.get("ab01")).toBeNull();
    expect(await readdir(join(recorded, "ab"))).toHaveLength(3);
  });

  test("a recorded run replays to the bit without a network", async () => {
    const mock = await aMock({ answers: [{ json: { count: 3 } }] });
    const store = openAnswerStore(await aFolder());
    const candidate = aCandidate(mock, "google");
    const request = {
      ...HELLO,
      answer: { name: "count", schema: z.object({ count: z.number() }) },
    };

    const first = await aRouter([candidate], { recording: { store, mode: "record" } }).generate(
      request,
      { signal },
    );
    await mock[Symbol.asyncDispose]();
    const replay = aRouter([candidate], { recording: { store, mode: "replay" } });
    const again = await replay.generate(request, { signal });

    expect(again.object).toEqual({ count: 3 });
    expect({ ...again, source: "", attempts: [] }).toEqual({ ...first, source: "", attempts: [] });
    await expect(replay.generate(HELLO, { signal })).rejects.toMatchObject({ code: "RGS-4019" });
  });

  test("a run that goes on never pays twice for an answer that it has", async () => {
    const mock = await aMock({});
    const store = openAnswerStore(await aFolder());
    const open = (): ReturnType<typeof aRouter> =>
      aRouter([aCandidate(mock, "openai")], { recording: { store, mode: "record" } });

    await open().generate(HELLO, { signal });
    const again = await open().generate(HELLO, { signal });

    expect(mock.requests).toHaveLength(1);
    expect(again.source).toBe("recording");
  });
});
