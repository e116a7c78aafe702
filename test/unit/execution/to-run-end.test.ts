import { describe, expect, test } from "vitest";
import type { HarnessLine } from "../../../src/contract/harness.ts";
import type { RunEnd } from "../../../src/contract/test-run.ts";
import type { ProcessOutcome } from "../../../src/execution/runner-process.ts";
import { toRunEnd } from "../../../src/execution/to-run-end.ts";

const END: HarnessLine = { type: "end" };
const aTest = (status: "passed" | "failed"): HarnessLine => ({
  type: "test",
  file: "a.test.js",
  fullTitle: "adds",
  clone: null,
  status,
  durationMs: 1,
  failure: null,
});
const anOutcome = (changed: Partial<ProcessOutcome>): ProcessOutcome => ({
  end: { kind: "exited", code: 0 },
  lines: [aTest("passed"), END],
  problem: null,
  coverage: null,
  output: "",
  workPath: "/work",
  ...changed,
});

test("an error that ended the process comes before the code that Node prints around it", () => {
  const output =
    "node:internal/modules/package_json_reader:331\n  throw new ERR_MODULE_NOT_FOUND(name);\n        ^\n\n" +
    "Error [ERR_MODULE_NOT_FOUND]: Cannot find package 'vitest' imported from /box/a.test.js\n    at x (a.js:1:1)";
  const run = toRunEnd(anOutcome({ end: { kind: "exited", code: 1 }, lines: [], output }));
  expect(run.kind === "broken" ? run.detail.split("\n")[0] : "").toBe(
    "the process ended with exit code 1 before its tests did: " +
      "Error [ERR_MODULE_NOT_FOUND]: Cannot find package 'vitest' imported from /box/a.test.js",
  );
});

describe("how a run ended", () => {
  test.each<[Partial<ProcessOutcome>, RunEnd]>([
    [{}, { kind: "finished" }],
    [{ end: { kind: "exited", code: 1 }, lines: [aTest("failed"), END] }, { kind: "finished" }],
    [{ end: { kind: "timed-out", afterMs: 5 } }, { kind: "timed-out", afterMs: 5 }],
    [
      { end: { kind: "cancelled" } },
      { kind: "killed", reason: "cancelled", detail: "the run was cancelled" },
    ],
    [
      { end: { kind: "output-exceeded" } },
      { kind: "killed", reason: "output", detail: "it printed more than it may" },
    ],
    [
      { end: { kind: "memory-exceeded" } },
      { kind: "killed", reason: "memory", detail: "it used more memory than it may" },
    ],
    [
      { end: { kind: "signalled", signal: "SIGABRT" }, output: "JavaScript heap out of memory" },
      { kind: "killed", reason: "memory", detail: "it used more memory than it may" },
    ],
    [
      { end: { kind: "signalled", signal: "SIGSEGV" }, output: "oops" },
      { kind: "killed", reason: "signal", detail: "the process ended by SIGSEGV" },
    ],
    [
      { lines: [{ type: "load-failure", file: "a.test.js", text: "SyntaxError" }, END] },
      { kind: "broken", detail: "a.test.js could not be loaded: SyntaxError" },
    ],
    [
      { lines: [aTest("passed"), { type: "stray", text: "late" }, END] },
      { kind: "broken", detail: "an error escaped outside any test: late" },
    ],
    [
      { lines: [aTest("passed")], output: "bye", end: { kind: "exited", code: 3 } },
      { kind: "broken", detail: "the process ended with exit code 3 before its tests did\nbye" },
    ],
    [
      { end: { kind: "exited", code: 2 } },
      { kind: "broken", detail: "the process ended with exit code 2 although no test failed" },
    ],
    [{ problem: "a line is unreadable" }, { kind: "broken", detail: "a line is unreadable" }],
  ])("%j", (changed, end) => {
    expect(toRunEnd(anOutcome(changed))).toEqual(end);
  });

  test.each([
    [["TCPServerWrap", "Timeout"], "TCPServerWrap, Timeout"],
    [[], "unknown"],
  ])("what keeps the process alive is named: %j", (resources, named) => {
    const lines: HarnessLine[] = [{ type: "held-open", resources, isFromLoading: true }, END];
    expect(toRunEnd(anOutcome({ lines }))).toEqual({
      kind: "held-open",
      isFromLoading: true,
      detail: `the process does not end after its last test; what keeps it alive: ${named}`,
    });
  });

  test("a long story is cut", () => {
    const end = toRunEnd(anOutcome({ lines: [], output: "x".repeat(9_000) }));
    expect(end.kind === "broken" && end.detail).toHaveLength(2_000);
  });
});
