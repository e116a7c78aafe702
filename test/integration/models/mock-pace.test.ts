import { describe, expect, onTestFinished, test } from "vitest";
import type { MockLlmOptions } from "../../../src/adapters/mock-llm/start-mock-llm.ts";
import { startMockLlm } from "../../../src/adapters/mock-llm/start-mock-llm.ts";
import type { Clock } from "../../../src/kernel/clock.ts";
import { createFakeClock } from "../../../src/testing/fake-clock.ts";

/** Ten tokens of the mock server's, a word each. */
const TEXT = "one two three four five six seven eight nine ten";

interface Paced {
  readonly body: ReadableStream<Uint8Array>;
}

async function ask(
  clock: Clock,
  { isStream = true, ...options }: MockLlmOptions & { readonly isStream?: boolean },
): Promise<Paced> {
  const mock = await startMockLlm({ clock }, options);
  onTestFinished(() => mock[Symbol.asyncDispose]());
  const request = { model: "m", stream: isStream, messages: [{ role: "user", content: "hello" }] };
  const { body } = await fetch(`${mock.url}/v1/chat/completions`, {
    method: "POST",
    body: JSON.stringify(request),
  });
  if (body === null) throw new Error("an answer without a body");
  return { body };
}

/** Waits of the server that serves one answer at this pace, ms; no time passes. */
async function listWaits(
  pace: NonNullable<MockLlmOptions["script"]>["pace"],
  more: Omit<MockLlmOptions, "script"> & { readonly isStream?: boolean } = {},
): Promise<readonly number[]> {
  const waits: number[] = [];
  const clock: Clock = {
    ...createFakeClock(),
    sleep: (durationMs) => {
      waits.push(durationMs);
      return Promise.resolve();
    },
  };
  const { body } = await ask(clock, {
    ...more,
    script: { pace: pace ?? {}, answers: [{ text: TEXT }] },
  });
  await new Response(body).text();
  return waits;
}

describe("the pace of the mock server", () => {
  test("is a wait before the first token and one for each token, and none for the end", async () => {
    const waits = await listWaits({ firstTokenMs: 200, tokensPerSecond: 50 });

    expect(waits).toEqual([200, ...Array.from({ length: 10 }, () => 20)]);
  });

  test("lets each token go when its time has come, and not before", async () => {
    const clock = createFakeClock();
    const pace = { firstTokenMs: 200, tokensPerSecond: 50 };
    const { body } = await ask(clock, { script: { pace, answers: [{ text: TEXT }] } });
    const heard = { text: "" };
    const reading = (async () => {
      const decoder = new TextDecoder();
      for await (const bytes of body) heard.text += decoder.decode(bytes, { stream: true });
    })();
    const words = (): number => heard.text.split('"content":" ').length - 1;

    clock.advance(200);
    // The first word has no blank before it.
    await expect.poll(() => heard.text.includes('"content":"one"'), { timeout: 60_000 }).toBe(true);
    for (let more = 1; more < 10; more += 1) {
      expect(words()).toBe(more - 1);
      clock.advance(19);
      await new Promise(setImmediate);
      expect(words()).toBe(more - 1);
      clock.advance(1);
      await expect.poll(words, { timeout: 60_000 }).toBe(more);
    }
    expect(heard.text).not.toContain("[DONE]");
    clock.advance(20);
    await reading;
    expect(heard.text).toContain("[DONE]");
  });

  test("is as fast as it goes where none is said", async () => {
    expect(await listWaits({})).toEqual([]);
  });

  test("knows no tokens where no stream is asked for", async () => {
    const waits = await listWaits({ firstTokenMs: 200, tokensPerSecond: 50 }, { isStream: false });

    expect(waits).toEqual([200]);
  });
});

describe("jitter", () => {
  const pace = { tokensPerSecond: 50, jitter: 0.5 };

  test("makes each wait longer or shorter by up to its share", async () => {
    const waits = await listWaits(pace);

    expect(waits).toHaveLength(10);
    expect(Math.min(...waits)).toBeGreaterThanOrEqual(10);
    expect(Math.max(...waits)).toBeLessThanOrEqual(30);
    expect(Math.min(...waits)).toBeLessThan(20);
    expect(Math.max(...waits)).toBeGreaterThan(20);
    expect(new Set(waits).size).toBeGreaterThan(5);
  });

  test("is the same with the same seed, and another with another", async () => {
    const waits = await listWaits(pace, { seed: 7 });

    expect(await listWaits(pace, { seed: 7 })).toEqual(waits);
    expect(await listWaits(pace, { seed: 8 })).not.toEqual(waits);
  });
});
