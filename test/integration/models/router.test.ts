import { describe, expect, test } from "vitest";
import { z } from "zod";
import { openLearned } from "../../../src/adapters/llm/router/learned.ts";
import { LIMITS } from "../../../src/adapters/llm/router/candidate.ts";
import type { FaultName } from "../../../src/adapters/mock-llm/faults.ts";
import { RegooseError } from "../../../src/kernel/errors.ts";
import { aCandidate, aFolder, aRouter, HELLO, listen, signal } from "./router-bench.ts";
import { aMock } from "./wire-bench.ts";

async function failureOf(asked: Promise<unknown>): Promise<RegooseError> {
  const failure: unknown = await asked.then(
    () => new Error("it answered"),
    (thrown: unknown) => thrown,
  );
  if (failure instanceof RegooseError) return failure;
  throw failure;
}

const QUICK = { ...LIMITS, firstTokenMs: 500, gapMs: 500 };

describe("fallback", () => {
  test.each([
    "status-500",
    "status-502",
    "overloaded",
    "reset",
    "stream-cut",
    "stream-reset",
    "gzip-cut",
    "malformed-frame",
    "no-finish",
    "garbage",
    "html",
    "error-in-200",
    "model-gone",
    "quota-exhausted",
    "empty",
    "refusal",
    "context-overflow",
    "rate-limit-bare",
    "retry-after-absurd",
    "first-token-hang",
    "stream-hang",
  ] as const satisfies readonly FaultName[])("after %s the next model answers", async (fault) => {
    const first = await aMock({
      answers: [{ text: "one two three four five" }],
      faults: [{ fault }],
    });
    const second = await aMock({ answers: [{ text: "here I am" }] });
    const router = aRouter([
      aCandidate(first, "openai", { limits: QUICK }),
      aCandidate(second, "anthropic"),
    ]);
    const heard = listen();

    const answer = await router.generate(HELLO, { signal, onEvent: heard.onEvent });

    expect(answer.text).toBe("here I am");
    expect(heard.text()).toBe("here I am");
    expect(answer.requested.provider).toBe("anthropic");
    expect(answer.attempts.map(({ failure }) => failure === null)).toEqual([false, true]);
    expect(first.requests).toHaveLength(1);
  });

  test.each([
    ["key-rejected", "RGS-4001"],
    ["bad-request", "RGS-4003"],
    ["redirect", "RGS-4021"],
  ] as const)("never goes on after %s", async (fault, code) => {
    const first = await aMock({ faults: [{ fault }] });
    const second = await aMock({});
    const router = aRouter([aCandidate(first, "openai"), aCandidate(second, "anthropic")]);

    const failure = await failureOf(router.generate(HELLO, { signal }));

    expect(failure.code).toBe(code);
    expect(second.requests).toHaveLength(0);
  });

  test("never goes to a model that lacks what the call needs", async () => {
    const first = await aMock({ faults: [{ fault: "status-500" }] });
    const second = await aMock({});
    const router = aRouter([
      aCandidate(first, "openai"),
      aCandidate(second, "openai-compatible", { capabilities: ["json"] }),
    ]);
    const tools = [{ name: "look", description: "looks", inputSchema: { type: "object" } }];

    const failure = await failureOf(
      router.generate(
        { ...HELLO, tools },
        { signal, deadline: { remainingMs: () => 3_000, isOver: () => false } },
      ),
    );

    expect(failure.code).toBe("RGS-4008");
    expect(second.requests).toHaveLength(0);
  });

  test("passes by a model whose context is too small", async () => {
    const first = await aMock({});
    const second = await aMock({});
    const router = aRouter([
      aCandidate(first, "openai", { contextTokens: 1_000 }),
      aCandidate(second, "openai", { contextTokens: 100_000 }),
    ]);
    const messages = [{ role: "user", text: "word ".repeat(5_000) }] as const;

    await router.generate({ ...HELLO, messages }, { signal });

    expect([first.requests.length, second.requests.length]).toEqual([0, 1]);
  });
});

describe("a quorum", () => {
  test("is spread over the models there are, and each answer is one question's", async () => {
    const mocks = [
      await aMock({ answers: [{ text: "one" }] }),
      await aMock({ answers: [{ text: "two" }] }),
    ];
    const router = aRouter([aCandidate(mocks[0]!, "openai"), aCandidate(mocks[1]!, "anthropic")]);
    const ask = (sample: number, spreads: boolean) =>
      router.generate({ ...HELLO, sample, spreads }, { signal });

    const spread = await Promise.all([0, 1, 2].map((sample) => ask(sample, true)));
    expect(spread.map(({ text }) => text)).toEqual(["one", "two", "one"]);
    expect((await ask(1, false)).text).toBe("one");
    // Who is asked is no part of the question: an answer that was paid for is found again.
    expect((await ask(1, false)).question).toBe(spread[1]?.question);
  });
});

describe("trying again", () => {
  test("waits for a short Retry-After and asks the same model", async () => {
    const mock = await aMock({
      answers: [{ text: "hello" }],
      faults: [{ fault: "rate-limit", retryAfter: 1, times: 1 }],
    });
    const other = await aMock({});
    const router = aRouter([aCandidate(mock, "openai"), aCandidate(other, "anthropic")]);
    const startMs = performance.now();

    const answer = await router.generate(HELLO, { signal });

    expect(answer.requested.provider).toBe("openai");
    expect(performance.now() - startMs).toBeGreaterThan(950);
    expect(other.requests).toHaveLength(0);
  });

  test("alone, it asks again after what passes", async () => {
    const mock = await aMock({
      answers: [{ text: "hello" }],
      faults: [
        { fault: "status-503", times: 1 },
        { fault: "reset", times: 1 },
        { fault: "stream-cut", times: 1 },
      ],
    });

    const answer = await aRouter([aCandidate(mock, "google")]).generate(HELLO, { signal });

    expect(answer.text).toBe("hello");
    expect(answer.attempts.map(({ failure }) => failure?.code)).toEqual([
      "RGS-4008",
      "RGS-4008",
      "RGS-4010",
      undefined,
    ]);
  });

  test("a wait that the deadline has no room for ends the call, and says when to come back", async () => {
    const mock = await aMock({ faults: [{ fault: "rate-limit", retryAfter: 600 }] });

    const failure = await failureOf(
      aRouter([aCandidate(mock, "openai")]).generate(HELLO, { signal }),
    );

    expect(failure.code).toBe("RGS-4007");
    expect(failure.retryAfterMs).toBe(600_000);
    expect(mock.requests).toHaveLength(1);
  });

  test("takes a broken stream up after the last whole line", async () => {
    const mock = await aMock({
      answers: [
        { text: "line one\nline two\nline three\nline four\n", times: 1 },
        { text: "line three\nline four\n" },
      ],
      faults: [{ fault: "stream-cut", after: 5, times: 1 }],
    });
    const heard = listen();

    const answer = await aRouter([aCandidate(mock, "openai")]).generate(
      { ...HELLO, unit: "line" },
      { signal, onEvent: heard.onEvent },
    );

    expect(answer.text).toBe("line one\nline two\nline three\nline four\n");
    expect(heard.text()).toBe(answer.text);
    expect(JSON.stringify(mock.requests[1]?.body)).toContain("line one\\nline two\\n");
  });

  test("asks once to correct an answer of the wrong shape", async () => {
    const mock = await aMock({
      answers: [{ json: { verdict: "bug" } }],
      faults: [{ fault: "wrong-schema", times: 1 }],
    });
    const answer = {
      name: "verdict",
      schema: z.strictObject({ verdict: z.enum(["bug", "flaky"]) }),
    };

    const made = await aRouter([aCandidate(mock, "openai")]).generate(
      { ...HELLO, answer },
      { signal },
    );

    expect(made.object.verdict).toBe("bug");
    expect(JSON.stringify(mock.requests[1]?.body)).toContain("does not fit");
  });

  test("an answer that stays of the wrong shape is an error", async () => {
    const mock = await aMock({ faults: [{ fault: "wrong-schema" }] });
    const answer = { name: "verdict", schema: z.strictObject({ verdict: z.string() }) };

    const failure = await failureOf(
      aRouter([aCandidate(mock, "openai")]).generate({ ...HELLO, answer }, { signal }),
    );

    expect(failure.code).toBe("RGS-4012");
    expect(mock.requests).toHaveLength(2);
  });

  test("leaves a parameter out that a 400 names, once, and remembers that", async () => {
    const mock = await aMock({
      answers: [{ text: "hello" }],
      faults: [{ fault: "bad-parameter", parameter: "top_k", times: 1 }],
    });
    const folder = await aFolder();
    const request = { ...HELLO, parameters: { topK: 5, temperature: 0 } };
    const candidate = aCandidate(mock, "openai-compatible");

    const first = await aRouter([candidate], { deps: { learned: openLearned(folder) } }).generate(
      request,
      { signal },
    );
    const later = await aRouter([candidate], { deps: { learned: openLearned(folder) } }).generate(
      request,
      { signal },
    );

    expect(mock.requests.map(({ body }) => "top_k" in body)).toEqual([true, false, false]);
    expect(mock.requests.every(({ body }) => body["temperature"] === 0)).toBe(true);
    expect(first.changes).toEqual(later.changes);
    expect(later.changes[0]).toMatchObject({
      parameter: "topK",
      action: "dropped",
      source: "learned",
    });
  });

  test("a 400 that names the same parameter again is no longer repaired", async () => {
    const mock = await aMock({ faults: [{ fault: "bad-parameter", parameter: "temperature" }] });
    const request = { ...HELLO, parameters: { temperature: 1 } };

    const failure = await failureOf(
      aRouter([aCandidate(mock, "openai")]).generate(request, { signal }),
    );

    expect(failure.code).toBe("RGS-4004");
    expect(mock.requests).toHaveLength(2);
  });

  test("a provider that is down is left alone until a probe works", async () => {
    const down = await aMock({
      answers: [{ text: "back" }],
      faults: [{ fault: "status-500", when: { requests: [1, 2, 3, 4, 5] } }],
    });
    const other = await aMock({ answers: [{ text: "other" }] });
    const router = aRouter([aCandidate(down, "openai"), aCandidate(other, "anthropic")]);
    for (let call = 0; call < 8; call += 1)
      await router.generate({ ...HELLO, sample: call }, { signal });

    expect(router.models()[0]?.breaker).toBe("open");
    expect(down.requests.length).toBeLessThan(8);
    expect(other.requests).toHaveLength(8);

    // The breaker half-opens after five seconds and lets one through.
    await expect
      .poll(
        async () =>
          (await router.generate({ ...HELLO, sample: performance.now() }, { signal })).text,
        { timeout: 60_000, interval: 300 },
      )
      .toBe("back");
    expect(router.models()[0]?.breaker).toBe("closed");
  }, 90_000);
});

describe("limits of the provider", () => {
  test("headers that say nothing is left hold the next call back", async () => {
    const headers = {
      "x-ratelimit-limit-requests": "1",
      "x-ratelimit-remaining-requests": "0",
      "x-ratelimit-reset-requests": "900ms",
    };
    const mock = await aMock({ answers: [{ text: "x", headers }] });
    const router = aRouter([aCandidate(mock, "openai")]);
    const startMs = performance.now();

    await router.generate(HELLO, { signal });
    await router.generate({ ...HELLO, sample: 1 }, { signal });

    expect(performance.now() - startMs).toBeGreaterThan(850);
  });

  test("urgent calls go first where only one may go at a time", async () => {
    const mock = await aMock({ pace: { firstTokenMs: 30 } });
    const router = aRouter([aCandidate(mock, "openai", { concurrency: 1 })]);
    const order: string[] = [];
    const ask = async (name: string, priority: "interactive" | "batch"): Promise<void> => {
      await router.generate(
        { ...HELLO, priority, messages: [{ role: "user", text: name }] },
        { signal },
      );
      order.push(name);
    };

    await Promise.all([
      ask("first", "batch"),
      ask("second", "batch"),
      ask("third", "batch"),
      ask("urgent", "interactive"),
    ]);

    expect(order).toEqual(["first", "urgent", "second", "third"]);
  });
});
