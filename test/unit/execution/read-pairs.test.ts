import { describe, expect, test } from "vitest";
import type { HarnessLine } from "../../../src/contract/harness.ts";
import { readPairs, type Pair, type PairVerdicts } from "../../../src/execution/read-pairs.ts";
import type { ProcessOutcome } from "../../../src/execution/runner-process.ts";

const FILE = "a.test.js";
const PAIRS: readonly Pair[] = [0, 1, 2].map((number) => ({
  number,
  file: FILE,
  fullTitle: "adds",
  switchId: `m${number}`,
}));
const start = (pair: number): HarnessLine => ({ type: "pair-start", pair });
const timeout = (pair: number): HarnessLine => ({ type: "pair-timeout", pair });
const clone = (mark: string, status: "passed" | "failed" = "passed"): HarnessLine => ({
  type: "test",
  file: FILE,
  fullTitle: "adds",
  clone: mark,
  status,
  durationMs: 1,
  failure: null,
});

function read(
  lines: readonly HarnessLine[],
  end: ProcessOutcome["end"] = { kind: "exited", code: 0 },
): PairVerdicts {
  return readPairs(
    { end, lines, problem: null, coverage: null, output: "", workPath: "/work" },
    PAIRS,
  );
}

function settled({ settled: pairs }: PairVerdicts): readonly string[] {
  return pairs.map(({ pair, result }) => `${pair.switchId} ${result.status}`);
}

describe("verdicts of a process that ran pairs", () => {
  test("count once the check after them was green", () => {
    const verdicts = read([
      clone("b0"),
      start(0),
      clone("p0", "failed"),
      start(1),
      clone("p1"),
      start(2),
      timeout(2),
      clone("p2", "failed"),
      clone("c0"),
    ]);
    expect(settled(verdicts)).toEqual(["m0 killed", "m1 survived", "m2 timed-out"]);
    expect(verdicts.baselines).toHaveLength(1);
    expect([verdicts.suspects, verdicts.unjudged]).toEqual([[], []]);
  });

  test("are suspect where the check was red, but for the first, before which nothing ran", () => {
    const verdicts = read([
      clone("b0"),
      start(0),
      clone("p0", "failed"),
      start(1),
      clone("p1", "failed"),
      start(2),
      clone("p2"),
      clone("c0", "failed"),
    ]);
    expect(settled(verdicts)).toEqual(["m0 killed"]);
    expect(verdicts.suspects.map(({ switchId }) => switchId)).toEqual(["m1", "m2"]);
  });

  test("count where a green check of the same test came just before", () => {
    const lines = [
      ...[clone("b0"), start(0), clone("p0"), clone("c0")],
      ...[start(1), clone("p1", "failed")],
      ...[start(2), clone("p2", "failed"), clone("c0", "failed")],
    ];
    const verdicts = read(lines);
    expect(settled(verdicts)).toEqual(["m0 survived", "m1 killed"]);
    expect(verdicts.suspects.map(({ switchId }) => switchId)).toEqual(["m2"]);
    // What another test found in order says nothing of this one.
    const ofAnother = { ...clone("c1"), fullTitle: "another" } as HarnessLine;
    const other = read(lines.toSpliced(3, 1, clone("c0"), ofAnother));
    expect(settled(other)).toEqual(["m0 survived"]);
  });

  test("wait for another process where no check came: only what survived is sure", () => {
    const lines = [
      clone("b0"),
      start(0),
      clone("p0"),
      start(1),
      clone("p1", "failed"),
      start(2),
      clone("p2"),
    ];
    expect(settled(read(lines))).toEqual(["m0 survived", "m2 survived"]);
  });

  test("are none where the test is red without any mutant", () => {
    const verdicts = read([clone("b0", "failed")]);
    expect(verdicts.unjudged).toEqual(PAIRS);
    // After other pairs it may be their doing.
    expect(read([start(0), clone("p0"), clone("b0", "failed")]).unjudged).toEqual([]);
  });

  test("blame the pair that was on when the process ended", () => {
    const lines = [clone("b0"), start(0), clone("p0"), start(1)];
    const died = read(lines, { kind: "signalled", signal: "SIGSEGV" });
    expect(settled(died)).toEqual(["m0 survived", "m1 killed"]);
    expect(died.settled[1]?.result.failure).toMatchObject({
      name: "ProcessEnded",
      message: "the process ended while this mutant was on (signalled)",
    });
    expect(
      settled(read([...lines, timeout(1)], { kind: "signalled", signal: "SIGKILL" })),
    ).toContain("m1 timed-out");
    expect(settled(read(lines, { kind: "timed-out", afterMs: 1 }))).toEqual(["m0 survived"]);
    expect(settled(read(lines, { kind: "cancelled" }))).toEqual(["m0 survived"]);
  });

  test("of pairs that were not asked for, not started or told twice do not count", () => {
    const verdicts = read([
      clone("b0"),
      clone("p1", "failed"),
      start(9),
      clone("p9"),
      start(0),
      clone("p0"),
      { type: "end" },
      clone("c0"),
      clone("p0", "failed"),
      clone("c0"),
    ]);
    expect(settled(verdicts)).toEqual(["m0 survived"]);
  });
});
