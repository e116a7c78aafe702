import { describe, expect, test } from "vitest";
import { judgeHeap, judgeP99 } from "../../../bench/models/judge.ts";

describe("the judgement of the bench of models", () => {
  test("goes by the median of the pairs, not by the worst of them", () => {
    expect(judgeP99([4, 300, 6, 5, -20]).isMet).toBe(true);
    expect(judgeP99([11, 12, 0, 14, -20]).isMet).toBe(false);
  });

  test("misses its goal where nothing was measured", () => {
    expect(judgeP99([]).isMet).toBe(false);
    expect(judgeP99([Number.NaN]).isMet).toBe(false);
  });

  test("takes a heap that wavers for flat, and one that grows with the calls for what it is", () => {
    const flat = Array.from({ length: 18 }, (_none, pair) => 50e6 + (pair % 2) * 20_000);
    const growing = flat.map((heap, pair) => heap + pair * 400 * 2_048);

    expect(judgeHeap(flat, 400).isMet).toBe(true);
    expect(judgeHeap(growing, 400).isMet).toBe(false);
  });

  test("forgives what the first third takes to warm up", () => {
    const warm = Array.from({ length: 18 }, (_none, pair) => 50e6 + Math.min(pair, 5) * 4e6);

    expect(judgeHeap(warm, 400).isMet).toBe(true);
  });
});
