import { NO_MUTANT } from "../contract/mutant.ts";
import type { PairResult, RunEnd } from "../contract/test-run.ts";
import { toTestKey } from "../contract/test-run.ts";
import type { RunMode } from "../ports/runner.ts";
import { FAKE_ASSERTION, FAKE_ERROR, toOutcome, toReaction } from "./fake-behaviour.ts";
import type { FakeMoment, FoundTest } from "./fake-behaviour.ts";

type Pairs = Extract<RunMode, { kind: "mutants" }>["pairs"];

interface Process {
  isDirty: boolean;
  /** Test key → executions so far. */
  readonly executions: Map<string, number>;
}

/** Executes pairs as one process would, with the state that mutants and tests leave behind. */
export function runFakePairs(
  tests: readonly FoundTest[],
  pairs: Pairs,
  moment: FakeMoment,
): { readonly end: RunEnd; readonly pairs: readonly PairResult[] } {
  const results: PairResult[] = [];
  const process: Process = { isDirty: false, executions: new Map() };
  for (const wanted of pairs) {
    const test = tests.find((one) => toTestKey(one) === toTestKey(wanted));
    if (test === undefined) continue;
    for (const switchId of wanted.switchIds) {
      const told = runPair(test, switchId, process, moment);
      if ("kind" in told) return { end: told, pairs: results };
      results.push({ file: test.file, fullTitle: test.fullTitle, switchId, ...told });
    }
  }
  return { end: { kind: "finished" }, pairs: results };
}

function runPair(
  test: FoundTest,
  switchId: string,
  process: Process,
  moment: FakeMoment,
): RunEnd | Pick<PairResult, "status" | "failure"> {
  const key = toTestKey(test);
  const before = process.executions.get(key) ?? 0;
  process.executions.set(key, before + 1);
  const isRedAnyway =
    process.isDirty ||
    (test.behaviour.passesOnce === true && before > 0) ||
    toOutcome(test, moment) !== "passed";
  const reaction = switchId === NO_MUTANT ? null : toReaction(test, switchId, moment);
  if (reaction === "crash") return { kind: "killed", reason: "signal", detail: "SIGSEGV" };
  if (reaction === "timed-out") return { status: "timed-out", failure: null };
  if (reaction === "dirty") process.isDirty = true;
  if (reaction === "error") return { status: "killed", failure: FAKE_ERROR };
  const isRed = isRedAnyway || reaction === "assertion" || reaction === "dirty";
  return isRed
    ? { status: "killed", failure: FAKE_ASSERTION }
    : { status: "survived", failure: null };
}
