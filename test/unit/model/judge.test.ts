import { describe, expect, test } from "vitest";

import type { Verdict } from "../../../src/contract/agents.ts";
import { countVotes, judge, type Vote } from "../../../src/model/agents/judge.ts";
import { createAgent } from "../../../src/model/agents/agent.ts";
import { RegooseError } from "../../../src/kernel/errors.ts";
import { aModel, MODULE, PROJECT } from "./scene.ts";

const PROMISES = "# sums\n\n * `add` gives the sum\n * of _both_ numbers.";
const vote = (verdict: Verdict, quote = ""): Vote => ({ verdict, quote, reasoning: ["because"] });
const PROVEN = vote("bug", "add gives the sum of both numbers");

describe("a quorum of judges", () => {
  test("calls a bug what most of them call so with a sentence that stands in the documentation", () => {
    expect(countVotes([PROVEN, vote("test-wrong"), PROVEN], PROMISES)).toMatchObject({
      verdict: "bug",
      quote: PROVEN.quote,
      votes: { agreed: 2, asked: 3 },
    });
  });

  test.each([
    ["no sentence", vote("bug")],
    ["one that nobody wrote", vote("bug", "add never gives a negative number")],
    ["one that proves nothing", vote("bug", "numbers")],
  ])("calls no bug what has %s", (_, unproven) => {
    expect(countVotes([unproven, unproven, unproven], PROMISES).verdict).toBe("unspecified");
    expect(countVotes([unproven, PROVEN, unproven], PROMISES).verdict).toBe("unspecified");
  });

  test("knows nothing where it does not agree", () => {
    const judgement = countVotes([PROVEN, vote("flaky"), vote("test-wrong")], PROMISES);
    expect(judgement).toMatchObject({ verdict: "unspecified", quote: "" });
  });

  test("asks three times, independently, with the failure and the promises", async () => {
    const model = aModel(() => vote("test-wrong"));
    const failing = { source: "test('x', …)", failure: "4 !== 3" };
    const { signal } = new AbortController();
    const judgement = await judge(createAgent("judge", model), PROJECT, MODULE, failing, signal);
    expect(judgement).toMatchObject({ verdict: "test-wrong", votes: { agreed: 3, asked: 3 } });
    expect(model.asked.map(({ sample }) => sample)).toEqual([0, 1, 2]);
    for (const part of ["4 !== 3", "never negative", "both* numbers"])
      expect(model.asked[0]?.text).toContain(part);
  });

  test("lets the first model stand in for one that cannot vote, and ends where the budget does", async () => {
    let left = 1;
    const refusing = (code: "RGS-4001" | "RGS-4016") =>
      aModel(({ sample }) => {
        if (sample !== 1 || left === 0) return vote("test-wrong");
        left -= 1;
        return new RegooseError(code, "no");
      });
    const failing = { source: "test('x', …)", failure: "4 !== 3" };
    const { signal } = new AbortController();
    const ask = (model: ReturnType<typeof refusing>) =>
      judge(createAgent("judge", model), PROJECT, MODULE, failing, signal);
    const key = refusing("RGS-4001");
    expect(await ask(key)).toMatchObject({ votes: { agreed: 3, asked: 3 } });
    expect(key.asked).toHaveLength(4);
    left = 1;
    await expect(ask(refusing("RGS-4016"))).rejects.toMatchObject({ code: "RGS-4016" });
  });
});
