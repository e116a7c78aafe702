import { expect, test } from "vitest";
import { findBaselineProblem } from "../../../src/app/generate/baseline-problem.ts";
import type { TestFailure, TestRunReport } from "../../../src/contract/test-run.ts";

const REFUSED: TestFailure = {
  name: "Error",
  message: "connect ECONNREFUSED 127.0.0.1:5432\n    at TCPConnectWrap",
  code: "ECONNREFUSED",
  isAssertion: false,
  stack: "",
};

function aReport(failure: TestFailure | null): TestRunReport {
  const file = "test/a.test.js";
  return {
    end: { kind: "finished" },
    tests: [
      { file, fullTitle: "asks", status: "failed", failure, durationMs: 1 },
      { file, fullTitle: "adds", status: "passed", failure: null, durationMs: 1 },
    ],
    strayErrors: [],
    coverage: {},
  } as unknown as TestRunReport;
}

test("a red test is named with what it said, in one line", () => {
  expect(findBaselineProblem(aReport(REFUSED))).toBe(
    '1 of 2 are red, such as "asks": Error: connect ECONNREFUSED 127.0.0.1:5432',
  );
});

test("a runner that does not say why a test was red leaves the title alone", () => {
  expect(findBaselineProblem(aReport(null))).toBe('1 of 2 are red, such as "asks"');
});
