import { readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import { toRunFailure } from "../../../src/app/errors.ts";
import { toOutcomeFailure } from "../../../src/cli/commands/outcome.ts";
import { runCommand } from "../../../src/cli/commands/run-command.ts";
import type { CliContext } from "../../../src/cli/context.ts";
import {
  createInterrupted,
  createNothingKept,
  createNotReady,
  createUsageError,
} from "../../../src/cli/errors.ts";
import { EXIT, toExitCode } from "../../../src/cli/exit-codes.ts";
import { printFailure } from "../../../src/cli/output.ts";
import type { Envelope, GenerateData, RunOutcome } from "../../../src/contract/envelope.ts";
import { createFakeClock } from "../../../src/testing/fake-clock.ts";
import type { ErrorCode } from "../../../src/kernel/error-table.ts";
import { RegooseError } from "../../../src/kernel/errors.ts";

const IGNORE = { write: (): void => undefined };
const CANDIDATES = {
  proposed: 7,
  admitted: 0,
  rejected: {},
  lostInWriting: { admitted: 0, lost: 0 },
};
const DOCS = join(import.meta.dirname, "..", "..", "..", "docs", "exit-codes.md");

function anError(code: ErrorCode, cause?: unknown): RegooseError {
  return new RegooseError(code, "it is gone", { hint: "look again", cause });
}

function createStreams(): { stdout: string; stderr: string; write: Parameters<typeof fail>[0] } {
  const seen = { stdout: "", stderr: "" };
  return Object.assign(seen, {
    write: {
      stdout: { write: (text: string) => (seen.stdout += text) },
      stderr: { write: (text: string) => (seen.stderr += text) },
    },
  });
}

function fail(streams: Parameters<typeof printFailure>[0], json: boolean, thrown: unknown): number {
  const context = { version: "1.2.3", runId: "run-1", partial: null };
  return printFailure(streams, { json }, context, thrown);
}

describe("exit codes of errors", () => {
  test.each<[number, string, ErrorCode]>([
    [1, "a defect", "RGS-9001"],
    [2, "the user's", "RGS-1001"],
    [2, "the configuration's", "RGS-2001"],
    [3, "an empty package", "RGS-1002"],
    [7, "permanent", "RGS-7002"],
    [7, "a sandboxed process that went away", "RGS-7003"],
    [130, "a signal", "RGS-1300"],
  ])("is %i where the error is %s", (exit, _name, code) => {
    expect(toExitCode(anError(code))).toBe(exit);
  });

  test("is 130 after INT, 143 after TERM and 129 after HUP", () => {
    expect(toExitCode(createInterrupted("SIGINT"))).toBe(130);
    expect(toExitCode(createInterrupted("SIGTERM"))).toBe(143);
    expect(toExitCode(createInterrupted("SIGHUP"))).toBe(129);
  });
});

describe("printed failures", () => {
  test("say in words what happened and what to do, on stderr only", () => {
    const streams = createStreams();
    expect(fail(streams.write, false, createUsageError("no flag --sede"))).toBe(2);
    expect(streams.stdout).toBe("");
    expect(streams.stderr).toBe(
      "error: no flag --sede [RGS-2010 UsageError]\n  next: regoose --help shows commands and flags\n",
    );
  });

  test("are one object under --json, with the place in the documentation", () => {
    const streams = createStreams();
    expect(fail(streams.write, true, anError("RGS-7001"))).toBe(7);
    expect(streams.stderr).toBe("");
    expect(JSON.parse(streams.stdout)).toEqual({
      ok: false,
      data: null,
      error: {
        code: "RGS-7001",
        name: "SandboxUnavailable",
        class: "permanent",
        message: "it is gone",
        hint: "look again",
        docs: "docs/errors.md#rgs-7001",
        runId: "run-1",
      },
      meta: { schema: 1, version: "1.2.3" },
    });
  });

  test("tell under --json what lies below them, and when to try again", () => {
    const streams = createStreams();
    const below = new RegooseError("RGS-7003", "gone", {
      retryAfterMs: 1_500,
      sideEffect: "maybe",
      correlationId: "sandbox#2",
      cause: Object.assign(new Error("spawn EAGAIN"), { code: "EAGAIN" }),
    });
    expect(fail(streams.write, true, toRunFailure(below, "run-1", null))).toBe(7);
    const { error } = JSON.parse(streams.stdout) as Envelope<object>;
    expect(error).toMatchObject({
      retryAfterMs: 1_500,
      sideEffect: "maybe",
      correlationId: "sandbox#2",
      causes: [{ name: "Error", code: "EAGAIN", message: "spawn EAGAIN" }],
    });
  });

  test.each([[new TypeError("x is not a function")], ["a bare text"]])(
    "end with 1 and the trace where something fails that should not: %s",
    (thrown) => {
      const streams = createStreams();
      expect(fail(streams.write, true, thrown)).toBe(1);
      const { error } = JSON.parse(streams.stdout) as Envelope<object>;
      expect(error).toMatchObject({ code: "RGS-9001", name: "InternalDefect", class: "defect" });
      expect(error?.hint).toContain(thrown instanceof Error ? thrown.stack : thrown);
    },
  );
});

describe("exit codes of generate", () => {
  const never = new AbortController().signal;
  const term = AbortSignal.abort(createInterrupted("SIGTERM"));

  test.each<[number, RunOutcome, AbortSignal]>([
    [0, "succeeded", never],
    [0, "degraded", never],
    [3, "failed", never],
    [130, "cancelled", AbortSignal.abort(createInterrupted("SIGINT"))],
    [143, "cancelled", term],
  ])("is %i for a %s run", (exit, outcome, signal) => {
    const failure = toOutcomeFailure(
      { outcome, runId: "run-1", engine: "search", candidates: CANDIDATES },
      signal,
    );
    expect(failure === null ? 0 : toExitCode(failure)).toBe(exit);
  });
});

describe("the command around an answer", () => {
  test("prints what there is beside the error that keeps it from being a success", async () => {
    const streams = createStreams();
    const context = aContext(new AbortController().signal, streams.write);
    const data = { runId: "run-1", outcome: "failed" };
    const failure = createNothingKept("run-1", 7);
    await runCommand(context, { json: true }, () =>
      Promise.resolve({ data, failure, print: () => undefined }),
    );
    expect(context.process.exitCode).toBe(3);
    expect(JSON.parse(streams.stdout)).toMatchObject({
      ok: false,
      data,
      error: { code: "RGS-3013", name: "NothingKept", class: "user", runId: "run-1" },
    });
  });

  test("names the run in the error of a signal too", async () => {
    const streams = createStreams();
    const failure = createInterrupted("SIGINT");
    const context = aContext(AbortSignal.abort(failure), streams.write);
    const data = { runId: "run-1", outcome: "cancelled" };
    await runCommand(context, { json: true }, () =>
      Promise.resolve({ data, failure, print: () => undefined }),
    );
    expect(context.process.exitCode).toBe(130);
    expect(JSON.parse(streams.stdout)).toMatchObject({
      ok: false,
      data,
      error: { name: "Interrupted", runId: "run-1" },
    });
  });

  test("lets the answer speak for itself in words", async () => {
    const streams = createStreams();
    const context = aContext(new AbortController().signal, streams.write);
    await runCommand(context, { json: false }, () =>
      Promise.resolve({
        data: {},
        failure: createNotReady(["disk"]),
        print: () => {
          context.process.stdout.write("FAIL disk\n");
        },
      }),
    );
    expect(context.process.exitCode).toBe(7);
    expect(streams).toMatchObject({ stdout: "FAIL disk\n", stderr: "" });
  });

  test("prints what a run had before it failed", async () => {
    const streams = createStreams();
    const context = aContext(new AbortController().signal, streams.write);
    const partial = { runId: "run-1", outcome: "failed" } as GenerateData;
    const failure = toRunFailure(anError("RGS-3003"), "run-1", partial);
    await runCommand(context, { json: true }, () => Promise.reject(failure));
    expect(context.process.exitCode).toBe(7);
    expect(JSON.parse(streams.stdout)).toMatchObject({
      ok: false,
      data: partial,
      error: { code: "RGS-3003", name: "OutputUnwritable", runId: "run-1" },
    });
  });
});

describe("the command around an error", () => {
  test("blames the signal for what broke after it", async () => {
    const context = aContext(AbortSignal.abort(createInterrupted("SIGTERM")));
    await runCommand(context, { json: false }, () => Promise.reject(new Error("EPIPE")));
    expect(context.process.exitCode).toBe(143);
  });

  test("keeps the name of an error that has one", async () => {
    const context = aContext(AbortSignal.abort(createInterrupted("SIGINT")));
    await runCommand(context, { json: false }, () => Promise.reject(anError("RGS-1001")));
    expect(context.process.exitCode).toBe(2);
  });

  test("calls it a defect where no signal came", async () => {
    const context = aContext(new AbortController().signal);
    await runCommand(context, { json: false }, () => Promise.reject(new Error("EPIPE")));
    expect(context.process.exitCode).toBe(1);
  });
});

test("docs/exit-codes.md lists each exit code once", () => {
  const text = readFileSync(DOCS, "utf8");
  const rows = [...text.matchAll(/^\| (\d+) /gmu)].map(([, code]) => Number(code));
  expect(rows).toEqual(Object.values(EXIT));
});

function aContext(
  signal: AbortSignal,
  streams: Pick<CliContext["process"], "stdout" | "stderr"> = { stdout: IGNORE, stderr: IGNORE },
): CliContext {
  return {
    process: { ...streams, exitCode: null },
    clock: createFakeClock(),
    version: "1.2.3",
    signal,
    cwd: "/",
    isTerminal: false,
    canAsk: false,
    columns: 80,
    isColorAllowed: false,
    writeLog: () => undefined,
    readStdin: () => Promise.resolve(null),
  };
}
