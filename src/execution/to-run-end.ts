import type { RunEnd } from "../contract/test-run.ts";
import { isOutOfMemory } from "../kernel/out-of-memory.ts";
import type { SandboxEnd } from "../ports/sandbox.ts";
import type { ProcessOutcome } from "./runner-process.ts";

const DETAIL_LIMIT = 2_000;

/** How a process ended, read off its sandbox, its result lines and its output. */
export function toRunEnd(outcome: ProcessOutcome): RunEnd {
  const { end, problem } = outcome;
  if (end.kind !== "exited") return toCutEnd(end, outcome.output);
  const held = outcome.lines.find((line) => line.type === "held-open");
  if (held !== undefined) {
    const what = held.resources.join(", ") || "unknown";
    const detail = `the process does not end after its last test; what keeps it alive: ${what}`;
    return { kind: "held-open", isFromLoading: held.isFromLoading, detail };
  }
  const detail = toProblem(outcome, end.code) ?? problem;
  return detail === null ? { kind: "finished" } : toBroken(detail);
}

function toProblem({ lines, output }: ProcessOutcome, exitCode: number): string | null {
  for (const line of lines) {
    if (line.type === "load-failure") return `${line.file} could not be loaded: ${line.text}`;
    if (line.type === "stray") return `an error escaped outside any test: ${line.text}`;
  }
  if (!lines.some(({ type }) => type === "end")) {
    return `the process ended with exit code ${exitCode} before its tests did${toError(output)}\n${output}`;
  }
  const isRed = lines.some((line) => line.type === "test" && line.status === "failed");
  if (exitCode !== 0 && !isRed) {
    return `the process ended with exit code ${exitCode} although no test failed\n${output}`;
  }
  return null;
}

/** The line of the output that names the error, without the code that Node prints around it. */
function toError(output: string): string {
  const line = /^\s*(?:Uncaught )?(\w*(?:Error|Exception)\b[^\n]*:[^\n]*)$/mu.exec(output)?.[1];
  return line === undefined ? "" : `: ${line.slice(0, 300)}`;
}

function toBroken(detail: string): RunEnd {
  return { kind: "broken", detail: detail.trim().slice(0, DETAIL_LIMIT) };
}

/** The end of a process that something cut short; `finished` where it ended by itself. */
export function toCutEnd(end: SandboxEnd, output: string): RunEnd {
  const outOfMemory = "it used more memory than it may";
  switch (end.kind) {
    case "timed-out":
      return { kind: "timed-out", afterMs: end.afterMs };
    case "cancelled":
      return { kind: "killed", reason: "cancelled", detail: "the run was cancelled" };
    case "output-exceeded":
      return { kind: "killed", reason: "output", detail: "it printed more than it may" };
    case "memory-exceeded":
      return { kind: "killed", reason: "memory", detail: outOfMemory };
    case "signalled":
      return isOutOfMemory(output)
        ? { kind: "killed", reason: "memory", detail: outOfMemory }
        : { kind: "killed", reason: "signal", detail: `the process ended by ${end.signal}` };
    case "exited":
      return { kind: "finished" };
  }
}
