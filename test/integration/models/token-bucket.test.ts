import { describe, expect, test } from "vitest";
import { startMockLlm } from "../../../src/adapters/mock-llm/start-mock-llm.ts";
import { createMadeClock, MADE_LIMITS } from "./fault-bench.ts";
import { aCandidate, aRouter, HELLO, signal } from "./router-bench.ts";

describe("tokens per minute, through the router in made time", () => {
  test.each([
    [
      "openai",
      () => ({
        "x-ratelimit-limit-tokens": "40000",
        "x-ratelimit-remaining-tokens": "500",
        "x-ratelimit-reset-tokens": "42s",
      }),
    ],
    [
      "anthropic",
      (nowMs: number) => ({
        "anthropic-ratelimit-tokens-limit": "40000",
        "anthropic-ratelimit-tokens-remaining": "500",
        "anthropic-ratelimit-tokens-reset": new Date(nowMs + 42_000).toISOString(),
      }),
    ],
  ] as const)(
    "headers of %s make the next call wait, and only one that needs more",
    async (kind, toHeaders) => {
      const clock = createMadeClock();
      const script = { answers: [{ text: "hello", headers: toHeaders(clock.now()) }] };
      await using mock = await startMockLlm({ clock }, { script });
      const candidate = aCandidate(mock, kind, { limits: MADE_LIMITS });
      const router = aRouter([candidate], { deps: { clock }, deadlineMs: 600_000 });
      const ask = async (sample: number, maxOutputTokens: number): Promise<readonly number[]> => {
        const before = clock.waits.length;
        await router.generate({ ...HELLO, sample, parameters: { maxOutputTokens } }, { signal });
        return clock.waits.slice(before);
      };

      expect(await ask(0, 4_000)).toEqual([]);
      expect(await ask(1, 100)).toEqual([]);
      expect(await ask(2, 4_000)).toEqual([42_000]);
    },
  );
});
