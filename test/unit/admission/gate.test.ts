import { describe, expect, test } from "vitest";
import { aCandidate } from "../../../src/testing/index.ts";
import { kills, runGate } from "./gate-harness.ts";

describe("the gate", () => {
  test("admits a test that passes every condition, with a card from the final runs", async () => {
    const { result, kept, reasons } = await runGate({
      candidates: [aCandidate("a")],
      table: { a: { ...kills("1"), executes: ["2"], covers: ["index.js#b0.0", "index.js#s1"] } },
      mutants: ["1", "2", "3"],
    });
    expect(reasons).toEqual({});
    expect(kept).toEqual(["test of a"]);
    expect(result.proof.cards[0]).toMatchObject({
      file: "fake.test.js",
      kills: ["m1"],
      onlyCovers: ["index.js#b0.0"],
      reruns: 5,
      seed: 1,
      engine: "search 0.1.0",
    });
    expect(result.mutants.map((one) => one.status)).toEqual(["killed", "survived", "notCovered"]);
    expect(result.lostInWriting).toEqual({ admitted: 1, lost: 0 });
    expect(result.degradations).toEqual([]);
  });

  test("answers an empty suite for no candidates", async () => {
    const { result } = await runGate({ candidates: [], table: {}, mutants: ["1"] });
    expect(result.files).toEqual({});
    expect(result.proof.cards).toEqual([]);
    expect(result.mutation).toMatchObject({ notCovered: 1, total: 1 });
  });
});
