import { describe, expect, test } from "vitest";
import type { Candidate } from "../../../src/contract/candidate.ts";
import type { FakeMoment, FakeOutcome } from "../../../src/testing/fake-behaviour.ts";
import { FAKE_ERROR } from "../../../src/testing/fake-behaviour.ts";
import { aCandidate } from "../../../src/testing/index.ts";
import { fading, kills, runGate, type GateCase } from "./gate-harness.ts";

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
    expect([result.degradations, result.notes]).toEqual([[], []]);
  });

  test("notes candidates that time left untried, which takes nothing from the suite", async () => {
    const ids = Array.from({ length: 60 }, (_none, index) => `c${String(index)}`);
    const { kept, reasons, result } = await runGate({
      candidates: ids.map((id) => aCandidate(id)),
      table: Object.fromEntries(
        ids.map((id, index) => [
          id,
          index % 20 === 7 ? { ...kills(id), outcome: "stray" as const } : kills(id),
        ]),
      ),
      runner: { costs: { startMs: 1_000 } },
      timeMs: 30_000,
    });
    const untried = Object.values(reasons).filter((reason) => reason === "not-tried").length;
    expect([kept.length > 0, untried > 0]).toEqual([true, true]);
    expect(result.notes).toEqual([
      `${String(untried)} of 60 candidates were not tried to the end.`,
    ]);
    expect(result.degradations).toEqual([]);
  });

  test("proves the others of a short run when one test never ends", async () => {
    const ids = Array.from({ length: 10 }, (_none, index) => `c${String(index)}`);
    const { kept, reasons } = await runGate({
      candidates: ids.map((id) => aCandidate(id)),
      table: {
        ...Object.fromEntries(ids.map((id) => [id, kills(id)])),
        c4: { ...kills("c4"), outcome: "hangs" },
      },
      runner: { costs: { startMs: 500 } },
      timeMs: 25_000,
    });
    expect(reasons).toEqual({ c4: "timed-out" });
    expect(kept).toHaveLength(9);
  });

  test("proves fewer candidates rather than none where time is short", async () => {
    const ids = Array.from({ length: 150 }, (_none, index) => `c${String(index)}`);
    const { kept, reasons } = await runGate({
      candidates: ids.map((id) => aCandidate(id)),
      table: Object.fromEntries(ids.map((id) => [id, kills(id)])),
      runner: { costs: { startMs: 300, testMs: 10, pairMs: 5 } },
      timeMs: 10_000,
    });
    expect(kept.length).toBeGreaterThan(40);
    expect(reasons["c149"]).toBe("not-tried");
  });

  test("counts a suite that time did not allow as left out", async () => {
    const { result } = await runGate({
      candidates: [aCandidate("a")],
      table: { a: kills("1") },
      runner: { costs: { startMs: 1_000 } },
      timeMs: 1,
    });
    expect(result.files).toEqual({});
    expect(result.degradations).toContain(
      "Time ended before a suite was proven, so none is written.",
    );
  });

  test("still writes a suite when telling the tests of broken files apart takes all the time", async () => {
    const ids = Array.from({ length: 60 }, (_none, index) => `c${String(index)}`);
    const rows = ids.map((id, index) => [
      id,
      index % 20 === 7 ? { ...kills(id), outcome: "stray" as const } : kills(id),
    ]);
    const { kept, reasons } = await runGate({
      candidates: ids.map((id) => aCandidate(id)),
      table: Object.fromEntries(rows) as never,
      runner: { costs: { startMs: 1_000 } },
      timeMs: 30_000,
    });
    expect(kept.length).toBeGreaterThan(20);
    expect(reasons["c7"]).not.toBe(undefined);
  });

  test.each(["stray", "crashes"] as const)(
    "loses one test, not all that are asynchronous, to what only company brings out: %s",
    async (late) => {
      const ids = Array.from({ length: 8 }, (_none, index) => `c${String(index)}`);
      const outcome = ({ request, company }: FakeMoment): FakeOutcome => {
        const { mode } = request;
        if (mode.kind !== "plain" || mode.shuffleSeed === null || company.length < 8)
          return "passed";
        return mode.settles === true ? FAKE_ERROR : late;
      };
      const { kept, reasons } = await runGate({
        candidates: ids.map((id) => aCandidate(id)),
        table: {
          ...Object.fromEntries(ids.map((id) => [id, kills(id)])),
          c5: { ...kills("c5"), outcome },
        },
      });
      expect(reasons).toEqual({ c5: "unstable" });
      expect(kept).toHaveLength(7);
    },
  );

  test("has runs left for the written files when telling broken files apart took all there were", async () => {
    const ids = Array.from({ length: 12 }, (_none, index) => `c${String(index)}`);
    const late = ({ request, company }: FakeMoment): FakeOutcome =>
      request.mode.kind === "mutant-coverage" && company.length > 1 ? "stray" : "passed";
    const { kept, reasons } = await runGate({
      candidates: ids.map((id) => aCandidate(id)),
      table: {
        ...Object.fromEntries(ids.map((id) => [id, kills(id)])),
        c1: { ...kills("c1"), outcome: "stray" },
        c5: { ...kills("c5"), outcome: late },
      },
      options: { isolationRuns: 8 },
    });
    expect(Object.keys(reasons)).toContain("c1");
    expect(kept.length).toBeGreaterThan(6);
  });

  test("goes on without tests that shake each round, while there is time for one more", async () => {
    const ids = Array.from({ length: 40 }, (_none, index) => `c${String(index)}`);
    // Any two of the last ten in one process, in any order but the first, end it.
    const shaky = new Set(ids.slice(30));
    const outcome = ({ request, company }: FakeMoment): FakeOutcome => {
      const { mode } = request;
      if (mode.kind !== "plain" || mode.shuffleSeed === null) return "passed";
      return company.filter((id) => shaky.has(id)).length > 1 ? "crashes" : "passed";
    };
    const { kept } = await runGate({
      candidates: ids.map((id) => aCandidate(id)),
      table: Object.fromEntries(
        ids.map((id) => [id, shaky.has(id) ? { ...kills(id), outcome } : kills(id)]),
      ),
      runner: { costs: { startMs: 700 } },
      timeMs: 90_000,
    });
    expect(kept.length).toBeGreaterThan(20);
  });

  test("answers an empty suite for no candidates", async () => {
    const { result } = await runGate({ candidates: [], table: {}, mutants: ["1"] });
    expect(result.files).toEqual({});
    expect(result.proof.cards).toEqual([]);
    expect(result.mutation).toMatchObject({ notCovered: 1, total: 1 });
  });
});

describe("a written file that turns red anew in each round", () => {
  /** One more test fails in each company that is one smaller. */
  function crumbling(times: number): GateCase {
    const ids = Array.from({ length: 12 }, (_none, index) => `c${String(index)}`);
    const outcomeOf =
      (index: number) =>
      ({ request, company }: FakeMoment): FakeOutcome =>
        index < times && request.mode.kind === "mutant-coverage" && company.length === 12 - index
          ? "failed"
          : "passed";
    return {
      candidates: ids.map((id) => aCandidate(id)),
      table: Object.fromEntries(
        ids.map((id, index) => [id, { ...kills(id), outcome: outcomeOf(index) }]),
      ),
    };
  }

  test("loses its asynchronous tests when there is no end of it, and keeps the others", async () => {
    const given = crumbling(10);
    const { kept } = await runGate({
      ...given,
      printer: {
        bodyOf: ({ id }) =>
          `assert.equal(subject("${id}"${Number(id.slice(1)) < 10 ? ", Promise" : ""}), 3);`,
      },
    });
    expect(kept).toEqual(["test of c10", "test of c11"]);
  });

  test("loses those tests and not its neighbours", async () => {
    const { kept } = await runGate(crumbling(6));
    expect(kept).toHaveLength(6);
  });
});

test("claims no kill on a card that does not show a second time", async () => {
  const { result, kept } = await runGate({
    candidates: [aCandidate("a"), aCandidate("b")],
    table: { a: { reactions: { "1": "assertion", "2": fading(2) } }, b: kills("3") },
  });
  expect(kept).toHaveLength(2);
  expect(result.proof.cards.map((card) => card.kills)).toEqual([["m1"], ["m3"]]);
  expect(result.mutation).toMatchObject({ killed: 3 });
});

test("claims no kill on a card that hangs on what another test left behind", async () => {
  const inCompany = ({ request: { mode } }: FakeMoment): "assertion" | null =>
    mode.kind === "mutants" && mode.pairs.length > 1 ? "assertion" : null;
  const { result, kept } = await runGate({
    candidates: [aCandidate("a"), aCandidate("b")],
    table: { a: { reactions: { "1": "assertion", "2": inCompany } }, b: kills("3") },
  });
  expect(kept).toHaveLength(2);
  expect(result.proof.cards.map((card) => card.kills)).toEqual([["m1"], ["m3"]]);
});

describe("of sets with the same kills", () => {
  const long = {
    bodyOf: ({ id }: Candidate) => LENGTHS[id] ?? `assert.equal(subject("${id}"), 3);`,
  };
  const LENGTHS: Readonly<Record<string, string>> = {
    all: `assert.equal(subject, "${"x".repeat(3_000)}");`,
  };
  const given = {
    candidates: ["all", "one", "two", "three"].map((id) => aCandidate(id)),
    table: { all: kills("1", "2", "3"), one: kills("1"), two: kills("2"), three: kills("3") },
    printer: long,
  };

  test.each([
    [false, ["test of one", "test of three", "test of two"]],
    [true, ["test of all"]],
  ])(
    "the gate keeps the plain one, or asked for the fewest tests (%s) the small one",
    async (fewestTests, kept) => {
      const { kept: titles } = await runGate({ ...given, options: { fewestTests } });
      expect([...titles].sort()).toEqual(kept);
    },
  );
});

test("calls a test a tautology that asks the same twice and that no mutant turns red", async () => {
  const { result, kept } = await runGate({
    candidates: [aCandidate("a"), aCandidate("b"), aCandidate("c")],
    table: { a: kills("1"), b: { executes: ["2"] }, c: { executes: ["2"] } },
    printer: {
      bodyOf: ({ id }) =>
        id === "c"
          ? "assert.equal(subject(1), 3);"
          : `assert.equal(subject("${id}"), subject("${id}"));`,
    },
  });
  // The first one was seen red: of a function with a memory that is a sound test.
  expect(kept).toEqual(["test of a"]);
  expect(result.rejections.map(({ candidateId, reason }) => [candidateId, reason])).toEqual([
    ["b", "tautology"],
    ["c", "never-red"],
  ]);
});

describe("who threw", () => {
  const failure = { name: "TypeError", message: "x is not a function", code: null };
  const inTest =
    "TypeError: x\n    at node:assert:1:1\n    at test (test/regoose/fake.test.js:3:5)";
  test.each([
    ["the test itself", false, inTest, true],
    ["an assertion of the test", true, inTest, undefined],
    ["the code under test", false, `TypeError: x\n    at f (index.js:1:1)\n${inTest}`, undefined],
    ["nobody knows who", false, "", undefined],
  ])("is told where it was %s", async (_who, isAssertion, stack, isSetup) => {
    const { result } = await runGate({
      candidates: [aCandidate("a"), aCandidate("b")],
      table: { a: kills("1"), b: { outcome: { ...failure, isAssertion, stack } } },
    });
    expect(result.rejections).toMatchObject([{ candidateId: "b", reason: "failed" }]);
    expect(result.rejections[0]?.isSetup).toBe(isSetup);
  });
});
