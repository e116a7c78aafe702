import { expect, test } from "vitest";
import { toToolProblem } from "../../../src/execution/project-tool.ts";
import type { SandboxEnd, SandboxResult } from "../../../src/ports/sandbox.ts";

function aResult(end: SandboxEnd, stderr = "", stdout = ""): SandboxResult {
  return { end, stdout, stderr, files: new Map(), durationMs: 1 };
}

test.each<[SandboxEnd, string | null]>([
  [{ kind: "exited", code: 0 }, null],
  [{ kind: "exited", code: 2 }, "it ended with 2"],
  [{ kind: "timed-out", afterMs: 1 }, "it took longer than 1.5 s"],
  [{ kind: "signalled", signal: "SIGSEGV" }, "it was stopped by SIGSEGV"],
  [{ kind: "output-exceeded" }, "it printed too much"],
  [{ kind: "memory-exceeded" }, "it took too much memory"],
  [{ kind: "cancelled" }, "it was stopped"],
])("says why a tool gave no answer: %j", (end, problem) => {
  expect(toToolProblem(aResult(end), 1_500, [0])).toBe(problem);
});

test("quotes the first line that the tool said, made harmless", () => {
  const end = { kind: "exited", code: 2 } as const;
  expect(toToolProblem(aResult(end, "\n \n\u001b[31mno\u0007 config\nmore"), 1, [0])).toBe(
    "it ended with 2: [31mno  config",
  );
  expect(toToolProblem(aResult(end, "", "x".repeat(500)), 1, [0])).toHaveLength(217);
});
