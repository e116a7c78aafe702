import { describe, expect, test } from "vitest";

import { interpret } from "../../../../src/admission/mutants/interpret.ts";
import type { Job, PairList } from "../../../../src/admission/mutants/jobs.ts";
import type { PairResult, TestFailure, TestRunReport } from "../../../../src/contract/test-run.ts";

const FILE = "a.test.js";
const KEY = `${FILE}::adds`;
const aList = (switchIds: readonly string[], changed: Partial<PairList> = {}): PairList => ({
  test: { key: KEY, printed: { file: FILE, fullTitle: "adds" } },
  switchIds,
  ...changed,
});

const failure = (isAssertion: boolean): TestFailure => ({
  name: "Error",
  message: "red",
  code: null,
  isAssertion,
  stack: "",
});

/** `none+ m1- m2! m3?`: survived, killed by an assertion, killed by an error, timed out. */
function toPairs(text: string): PairResult[] {
  return text
    .split(" ")
    .filter((word) => word !== "")
    .map((word) => {
      const how = word.at(-1);
      const status = how === "+" ? "survived" : how === "?" ? "timed-out" : "killed";
      const isRed = status === "killed";
      return {
        file: FILE,
        fullTitle: "adds",
        switchId: word.slice(0, -1),
        status,
        failure: isRed ? failure(how === "-") : null,
      };
    });
}

function aReport(pairs: string, changed: Partial<TestRunReport> = {}): TestRunReport {
  return {
    end: { kind: "finished" },
    tests: [],
    strayErrors: [],
    coverage: null,
    perTest: null,
    mutantsByTest: null,
    mutantsAtLoad: null,
    pairs: toPairs(pairs),
    durationMs: 1,
    output: "",
    ...changed,
  };
}

const TIMED_OUT = { end: { kind: "timed-out", afterMs: 9 } } as const;
const KILLED = { end: { kind: "killed", reason: "signal", detail: "SIGSEGV" } } as const;
const bulk = (...switchIds: string[]): Job => ({ kind: "bulk", lists: [aList(switchIds)] });

/** What was decided, as `m1 killed by assertion`. */
const told = (job: Job, report: TestRunReport): string[] =>
  interpret(job, report).outcomes.map(
    ({ switchId, outcome }) =>
      `${switchId} ${outcome.status}${outcome.isAssertion ? " by assertion" : ""}`,
  );

describe("many pairs in one process", () => {
  test("are taken in between green controls", () => {
    const report = aReport("none+ none+ m1+ m2- m3! m4? none+");
    const job = bulk("m1", "m2", "m3", "m4");
    expect(told(job, report)).toEqual([
      "m1 survived",
      "m2 killed by assertion",
      "m3 killed",
      "m4 timed-out",
    ]);
    const { followUps, again, passesOnce } = interpret(job, report);
    expect([followUps, again, passesOnce]).toEqual([[], [], []]);
  });

  test("believe no kill before a red control, and ask for all of them with care in one process", () => {
    const report = aReport("none+ none+ m1- m2+ m3- none-");
    const job = bulk("m1", "m2", "m3");
    expect(told(job, report)).toEqual(["m2 survived"]);
    expect(interpret(job, report).followUps).toEqual([
      { kind: "careful", lists: [{ test: aList([]).test, switchIds: ["m1", "m3"] }] },
    ]);
  });

  test("are asked again where the process ended before their control, or ran only once", () => {
    const cut = interpret(bulk("m1", "m2", "m3"), aReport("none+ none+ m1- m2+"));
    expect(cut.outcomes.map(({ switchId }) => switchId)).toEqual(["m2"]);
    expect(cut.again).toEqual([{ test: aList([]).test, switchIds: ["m1", "m3"], attempt: 1 }]);
    const job: Job = { kind: "bulk", lists: [aList(["m1"], { attempt: 2 })] };
    expect(interpret(job, aReport("")).again[0]?.attempt).toBe(3);
  });

  test("blame the death of the process on the first one without an answer, once", () => {
    const other = { key: `${FILE}::other`, printed: { file: FILE, fullTitle: "other" } };
    const job: Job = {
      kind: "bulk",
      lists: [aList(["m1", "m2", "m3"]), { test: other, switchIds: ["m4", "m5"] }],
    };
    const { followUps, again } = interpret(job, aReport("none+ none+ m1+", KILLED));
    expect(followUps).toEqual([
      { kind: "solo", lists: [{ test: aList([]).test, switchIds: ["m2"] }] },
    ]);
    expect(again.map(({ switchIds }) => switchIds)).toEqual([["m3"], ["m4", "m5"]]);
  });

  test("go to processes of their own where the test does not pass twice, a few of them", () => {
    for (const controls of ["none-", "none+ none-"]) {
      const { outcomes, followUps, passesOnce } = interpret(
        bulk("m1", "m2", "m3", "m4", "m5"),
        aReport(`${controls} m1-`),
      );
      expect(outcomes).toEqual([]);
      expect(passesOnce).toEqual([KEY]);
      expect(followUps.map(({ kind, lists }) => [kind, lists[0]?.switchIds])).toEqual([
        ["solo", ["m1"]],
        ["solo", ["m2"]],
        ["solo", ["m3"]],
        ["solo", ["m4"]],
      ]);
    }
  });

  test("ignore results that nobody asked for", () => {
    expect(told(bulk("m1"), aReport("none+ none+ m9- m1- none+"))).toEqual([
      "m1 killed by assertion",
    ]);
  });
});

const careful = (...switchIds: string[]): Job => ({ kind: "careful", lists: [aList(switchIds)] });

describe("pairs behind controls of their own", () => {
  const asked = (report: TestRunReport): unknown =>
    interpret(careful("m1", "m2", "m3"), report).followUps.map(({ kind, lists }) => [
      kind,
      lists[0]?.switchIds,
    ]);

  test("count up to the one that did damage, and it counts too; the rest is asked again", () => {
    const job = careful("m1", "m2", "m3");
    const whole = aReport("none+ m1- none+ m2+ none+ m3!");
    expect(told(job, whole)).toEqual(["m1 killed by assertion", "m2 survived", "m3 killed"]);
    expect(asked(whole)).toEqual([]);
    const damaged = aReport("none+ m1- none- m2- none- m3-");
    expect(told(job, damaged)).toEqual(["m1 killed by assertion"]);
    expect(asked(damaged)).toEqual([["careful", ["m2", "m3"]]]);
  });

  test("are asked again, one by one fewer, where the process ended or skipped some", () => {
    expect(asked(aReport("none+ m1- none+", KILLED))).toEqual([["careful", ["m3"]]]);
    expect(told(careful("m1", "m2", "m3"), aReport("none+ m1- none+", KILLED))).toEqual([
      "m1 killed by assertion",
      "m2 killed",
    ]);
    expect(asked(aReport("none+ m1- none+"))).toEqual([["careful", ["m3"]]]);
    expect(asked(aReport("none+ m1-"))).toEqual([["careful", ["m2", "m3"]]]);
    // Where not even the first control is green, no process can tell.
    expect(asked(aReport("none- m1- none+ m2-"))).toEqual([]);
    expect(asked(aReport(""))).toEqual([]);
  });
});

describe("one pair behind its control", () => {
  const job = careful("m1");

  test("counts when the control was green", () => {
    expect(told(job, aReport("none+ m1-"))).toEqual(["m1 killed by assertion"]);
    expect(told(job, aReport("none+ m1+"))).toEqual(["m1 survived"]);
    expect(told(job, aReport("none- m1-"))).toEqual([]);
    expect(told(job, aReport("m1-"))).toEqual([]);
    expect(told(job, aReport(""))).toEqual([]);
  });

  test("takes the end of the process for its own", () => {
    expect(told(job, aReport("none+", TIMED_OUT))).toEqual(["m1 timed-out"]);
    expect(told(job, aReport("none+", KILLED))).toEqual(["m1 killed"]);
    expect(told(job, aReport("none+"))).toEqual([]);
  });

  test("is nothing without a pair", () => {
    expect(told({ kind: "careful", lists: [] }, aReport("none+ m1-"))).toEqual([]);
    expect(told({ kind: "careful", lists: [aList([])] }, aReport("none+ m1-"))).toEqual([]);
  });
});

describe("a run of the file with one mutant on", () => {
  const job: Job = { kind: "solo", lists: [aList(["m1"])] };
  const ran = (
    status: "passed" | "failed" | "skipped",
    thrown: TestFailure | null = null,
  ): TestRunReport =>
    aReport("", {
      tests: [{ file: FILE, fullTitle: "adds", status, failure: thrown, durationMs: 1 }],
    });

  test("shows what a user would see", () => {
    expect(told(job, ran("passed"))).toEqual(["m1 survived"]);
    expect(told(job, ran("failed", failure(true)))).toEqual(["m1 killed by assertion"]);
    expect(told(job, ran("failed", failure(false)))).toEqual(["m1 killed"]);
    expect(told(job, ran("failed"))).toEqual(["m1 killed"]);
    expect(told(job, ran("skipped"))).toEqual([]);
  });

  test("takes the end of the process for the mutant's where the test has no result", () => {
    expect(told(job, aReport("", TIMED_OUT))).toEqual(["m1 timed-out"]);
    expect(told(job, aReport("", KILLED))).toEqual(["m1 killed"]);
    expect(told(job, aReport(""))).toEqual([]);
    expect(told({ kind: "solo", lists: [] }, ran("passed"))).toEqual([]);
  });
});
