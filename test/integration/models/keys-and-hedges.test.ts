import { describe, expect, test } from "vitest";
import { createBudget, NO_BUDGETS } from "../../../src/adapters/llm/money/budget.ts";
import { LIMITS } from "../../../src/adapters/llm/router/candidate.ts";
import type { ModelAnswer } from "../../../src/contract/model/answer.ts";
import { addTokens, countTokens, NO_TOKENS } from "../../../src/contract/model/usage.ts";
import { Secret } from "../../../src/kernel/secret.ts";
import type { ModelPort } from "../../../src/ports/model.ts";
import { aCandidate, aRouter, HELLO, listen, signal } from "./router-bench.ts";
import { aMock } from "./wire-bench.ts";

const MORE_KEYS = [new Secret("key-two-of-the-test"), new Secret("key-three-of-the-test")];

const ask = (port: ModelPort): Promise<ModelAnswer> => port.generate(HELLO, { signal });

async function keysOf(port: ModelPort, calls: number): Promise<readonly number[]> {
  const keys: number[] = [];
  for (let call = 0; call < calls; call += 1)
    keys.push(...(await ask(port)).attempts.map(({ key }) => key));
  return keys;
}

describe("several keys of one provider", () => {
  test("are used in turns", async () => {
    const mock = await aMock({});
    const port = aRouter([aCandidate(mock, "openai", { moreKeys: MORE_KEYS })]);
    expect(await keysOf(port, 6)).toEqual([0, 1, 2, 0, 1, 2]);
  });

  test("one that is limited is passed by at once, until its time has come", async () => {
    const mock = await aMock({
      answers: [{ text: "hello" }],
      faults: [{ fault: "rate-limit", retryAfter: 600, times: 1 }],
    });
    const other = await aMock({});
    const port = aRouter([
      aCandidate(mock, "openai", { moreKeys: MORE_KEYS }),
      aCandidate(other, "anthropic"),
    ]);
    const { attempts } = await ask(port);
    expect(attempts.map(({ key, failure }) => [key, failure?.code])).toEqual([
      [0, "RGS-4007"],
      [1, undefined],
    ]);
    expect(await keysOf(port, 4)).toEqual([2, 1, 2, 1]);
    expect(other.requests).toHaveLength(0);
  });

  test("where all are limited for long, another model is asked", async () => {
    const mock = await aMock({ faults: [{ fault: "rate-limit", retryAfter: 600 }] });
    const other = await aMock({ answers: [{ text: "here" }] });
    const port = aRouter([
      aCandidate(mock, "openai", { moreKeys: MORE_KEYS }),
      aCandidate(other, "anthropic"),
    ]);
    const { attempts, text } = await ask(port);
    expect(text).toBe("here");
    expect(attempts.map(({ requested, key }) => [requested.provider, key])).toEqual([
      ["openai", 0],
      ["openai", 1],
      ["openai", 2],
      ["anthropic", 0],
    ]);
  });

  test("one that is revoked is passed by and named, and the others go on", async () => {
    const mock = await aMock({ keys: ["key-two-of-the-test"], answers: [{ text: "hello" }] });
    const other = await aMock({});
    const port = aRouter([
      aCandidate(mock, "openai", { moreKeys: MORE_KEYS.slice(0, 1) }),
      aCandidate(other, "anthropic"),
    ]);
    const { attempts, warnings } = await ask(port);
    expect(attempts.map(({ key, failure }) => [key, failure?.code])).toEqual([
      [0, "RGS-4001"],
      [1, undefined],
    ]);
    expect(warnings.join("\n")).toMatch(/^key 1 of 2 of openai was passed by: /mu);
    expect(await keysOf(port, 3)).toEqual([1, 1, 1]);
    expect(other.requests).toHaveLength(0);
  });

  test("where all are revoked the call fails, and never goes to another provider", async () => {
    const mock = await aMock({ keys: ["another-key"] });
    const other = await aMock({});
    const port = aRouter([
      aCandidate(mock, "openai", { moreKeys: MORE_KEYS }),
      aCandidate(other, "anthropic"),
    ]);
    await expect(ask(port)).rejects.toMatchObject({ code: "RGS-4001" });
    expect(mock.requests).toHaveLength(3);
    expect(other.requests).toHaveLength(0);
  });

  test("where one is revoked and the other to be waited for, it is waited for", async () => {
    const mock = await aMock({
      keys: ["key-of-the-test"],
      answers: [{ text: "hello" }],
      faults: [{ fault: "rate-limit", retryAfter: 1, times: 1 }],
    });
    const port = aRouter([aCandidate(mock, "openai", { moreKeys: MORE_KEYS.slice(0, 1) })]);
    const { attempts } = await ask(port);
    expect(attempts.map(({ key, failure }) => [key, failure?.code])).toEqual([
      [0, "RGS-4007"],
      [1, "RGS-4001"],
      [0, undefined],
    ]);
  });

  test("a provider that is down is down for all of them", async () => {
    const mock = await aMock({ faults: [{ fault: "status-503" }] });
    const other = await aMock({ answers: [{ text: "here" }] });
    const port = aRouter([
      aCandidate(mock, "openai", { moreKeys: MORE_KEYS }),
      aCandidate(other, "anthropic"),
    ]);
    const { attempts } = await ask(port);
    expect(attempts.map(({ requested }) => requested.provider)).toEqual(["openai", "anthropic"]);
  });

  test("each has a breaker of its own", async () => {
    const mock = await aMock({ faults: [{ fault: "status-503", times: 4 }] });
    const other = await aMock({ answers: [{ text: "here" }] });
    const port = aRouter([
      aCandidate(mock, "openai", { moreKeys: MORE_KEYS.slice(0, 1) }),
      aCandidate(other, "anthropic"),
    ]);
    await keysOf(port, 4);
    // Two failures a key open none of them.
    expect(port.models()[0]?.breaker).toBe("closed");
    expect((await ask(port)).requested.provider).toBe("openai");
  });
});

describe("a question that is asked twice, where that is wanted", () => {
  test("is answered by the second model where the first one does not begin", async () => {
    const silent = await aMock({ faults: [{ fault: "first-token-hang", holdMs: 600_000 }] });
    const quick = await aMock({ answers: [{ text: "here I am" }] });
    const port = aRouter([
      aCandidate(silent, "openai", { hedgeAfterMs: 200 }),
      aCandidate(quick, "anthropic"),
    ]);
    const heard = listen();
    const answer = await port.generate(HELLO, { signal, onEvent: heard.onEvent });
    expect(answer.text).toBe("here I am");
    expect(heard.text()).toBe("here I am");
    expect(answer.attempts).toMatchObject([
      {
        number: 1,
        requested: { provider: "openai" },
        failure: { code: "RGS-1300" },
        usageSource: "estimated",
        usage: { outputTokens: 0 },
      },
      { number: 2, requested: { provider: "anthropic" }, failure: null },
    ]);
    // What was cut off has read the question all the same.
    expect(answer.attempts[0]?.usage.inputTokens).toBeGreaterThan(0);
    const sum = answer.attempts.reduce((all, { usage }) => addTokens(all, usage), NO_TOKENS);
    expect(answer.usage).toEqual(sum);
  });

  test("is answered by the first one where that begins first after all", async () => {
    const slow = await aMock({ pace: { firstTokenMs: 1_500 }, answers: [{ text: "slow one" }] });
    const slower = await aMock({ pace: { firstTokenMs: 600_000 } });
    const port = aRouter([
      aCandidate(slow, "openai", { hedgeAfterMs: 200 }),
      aCandidate(slower, "anthropic"),
    ]);
    const { text, attempts } = await ask(port);
    expect(text).toBe("slow one");
    expect(attempts.map(({ failure }) => failure?.code)).toEqual([undefined, "RGS-1300"]);
    expect(slower.requests).toHaveLength(1);
  });

  test("is asked once where an answer begins in time, and where nobody wants more", async () => {
    const mock = await aMock({ answers: [{ text: "hello" }] });
    const other = await aMock({});
    const eager = aRouter([
      aCandidate(mock, "openai", { hedgeAfterMs: 60_000 }),
      aCandidate(other, "anthropic"),
    ]);
    await ask(eager);
    const slow = await aMock({ pace: { firstTokenMs: 700 }, answers: [{ text: "hello" }] });
    await ask(aRouter([aCandidate(slow, "openai"), aCandidate(other, "anthropic")]));
    expect([mock.requests.length, slow.requests.length, other.requests.length]).toEqual([1, 1, 0]);
  });

  test("alone, a model is asked a second time itself, with another key where there is one", async () => {
    const mock = await aMock({
      answers: [{ text: "hello" }],
      faults: [{ fault: "first-token-hang", holdMs: 600_000, times: 1 }],
    });
    const own = { hedgeAfterMs: 200, moreKeys: MORE_KEYS.slice(0, 1) };
    const { attempts } = await ask(aRouter([aCandidate(mock, "openai", own)]));
    expect(attempts.map(({ key, failure }) => [key, failure?.code])).toEqual([
      [0, "RGS-1300"],
      [1, undefined],
    ]);
  });

  test("goes on as one where the other fails, and fails where both do", async () => {
    const slow = await aMock({ pace: { firstTokenMs: 1_000 }, answers: [{ text: "slow one" }] });
    const down = await aMock({ faults: [{ fault: "bad-request" }] });
    const own = { hedgeAfterMs: 100 };
    const { text, attempts } = await ask(
      aRouter([aCandidate(slow, "openai", own), aCandidate(down, "anthropic")]),
    );
    expect(text).toBe("slow one");
    expect(attempts.map(({ failure }) => failure?.code)).toEqual([undefined, "RGS-4003"]);

    const late = await aMock({ faults: [{ fault: "first-token-hang", holdMs: 600_000 }] });
    const limits = { ...LIMITS, firstTokenMs: 700 };
    await expect(
      ask(aRouter([aCandidate(late, "openai", { ...own, limits }), aCandidate(down, "anthropic")])),
    ).rejects.toMatchObject({ code: "RGS-4003" });
  });

  test("is asked once where the budget has no room for twice", async () => {
    const slow = await aMock({ pace: { firstTokenMs: 800 }, answers: [{ text: "slow one" }] });
    const other = await aMock({});
    const parameters = { maxOutputTokens: 100 };
    const budget = createBudget({ ...NO_BUDGETS, run: { usd: null, tokens: 150 } }, null);
    const port = aRouter(
      [
        aCandidate(slow, "openai", { hedgeAfterMs: 100, parameters }),
        aCandidate(other, "anthropic", { parameters }),
      ],
      { deps: { budget } },
    );
    const { text, usage } = await ask(port);
    expect(text).toBe("slow one");
    expect(other.requests).toHaveLength(0);
    expect((await budget.spent()).tokens).toBe(countTokens(usage));
  });

  test("leaves a model alone that hangs, though nobody waits for it", async () => {
    const silent = await aMock({ faults: [{ fault: "first-token-hang", holdMs: 600_000 }] });
    const quick = await aMock({ answers: [{ text: "here" }] });
    const port = aRouter([
      aCandidate(silent, "openai", { hedgeAfterMs: 50 }),
      aCandidate(quick, "anthropic"),
    ]);
    for (let call = 0; call < 6; call += 1) await ask(port);
    expect(port.models()[0]?.breaker).toBe("open");
    expect(silent.requests.length).toBeLessThan(6);
  });

  test("ends both where the caller gives up", async () => {
    const one = await aMock({ faults: [{ fault: "first-token-hang", holdMs: 600_000 }] });
    const two = await aMock({ faults: [{ fault: "first-token-hang", holdMs: 600_000 }] });
    const port = aRouter([
      aCandidate(one, "openai", { hedgeAfterMs: 50 }),
      aCandidate(two, "anthropic"),
    ]);
    const stop = new AbortController();
    const asked = port.generate(HELLO, { signal: stop.signal });
    await expect.poll(() => two.requests.length, { timeout: 30_000 }).toBe(1);
    stop.abort(new Error("enough"));
    await expect(asked).rejects.toThrow("enough");
  });
});
