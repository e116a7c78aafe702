import type { CounterId } from "../contract/coverage.ts";
import type { TestFailure } from "../contract/test-run.ts";
import type { TestRunRequest } from "../ports/runner.ts";

/** What a test does when it runs once, no mutant on. */
export type FakeOutcome =
  | "passed"
  /** Red on its own assertion. */
  | "failed"
  | "skipped"
  /** Passes, and leaves an unhandled rejection behind. */
  | "stray"
  /** Never ends: it and all after it stay without a result. */
  | "hangs"
  /** Takes the process down: it and all after it stay without a result. */
  | "crashes"
  /** Its file does not load: no test of the file has a result. */
  | "breaks-file"
  /** Left out of the report, which looks fine otherwise. */
  | "missing"
  | TestFailure;

/** How a test reacts to a mutant that it executes; those not named survive. */
export type FakeReaction =
  | "assertion"
  | "error"
  | "timed-out"
  /** The process dies with it. */
  | "crash"
  /** Red on its assertion, and every later test of the process is red too. */
  | "dirty";

/** One row of the truth table. */
export interface FakeBehaviour {
  /** What it does in a given run; asked once an execution. @defaultValue "passed" */
  readonly outcome?: FakeOutcome | ((moment: FakeMoment) => FakeOutcome);
  readonly covers?: readonly CounterId[];
  /** Switch ids it executes beside those in `reactions`. */
  readonly executes?: readonly string[];
  /** Switch id → what happens; a function is asked once an execution. */
  readonly reactions?: Readonly<
    Record<string, FakeReaction | ((moment: FakeMoment) => FakeReaction | null)>
  >;
  /** True for a test that is red when run again in the same process. */
  readonly passesOnce?: boolean;
}

/** When an outcome is asked for. */
export interface FakeMoment {
  readonly request: TestRunRequest;
  /** Runs of this runner before this one. */
  readonly runIndex: number;
  /** Ids of the candidates in the same run. */
  readonly company: readonly string[];
}

/** A test as it stands in a file printed by the fake printer. */
export interface FoundTest {
  readonly id: string;
  readonly file: string;
  readonly fullTitle: string;
  readonly behaviour: FakeBehaviour;
}

/** What a test does at this moment. */
export function toOutcome(test: FoundTest, moment: FakeMoment): FakeOutcome {
  const { outcome } = test.behaviour;
  return typeof outcome === "function" ? outcome(moment) : (outcome ?? "passed");
}

/** How a test reacts to a mutant this time; null: it survives. */
export function toReaction(
  { behaviour }: FoundTest,
  switchId: string,
  moment: FakeMoment,
): FakeReaction | null {
  const reaction = behaviour.reactions?.[switchId];
  return typeof reaction === "function" ? reaction(moment) : (reaction ?? null);
}

/** An assertion error, as runners report it. */
export const FAKE_ASSERTION: TestFailure = {
  name: "AssertionError",
  message: "3 !== 4",
  code: "ERR_ASSERTION",
  isAssertion: true,
  stack: "",
};

/** An error that escaped the target. */
export const FAKE_ERROR: TestFailure = {
  name: "TypeError",
  message: "x is not a function",
  code: null,
  isAssertion: false,
  stack: "",
};
