import { readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import { toOutcomeExit } from "../../../src/cli/commands/generate-action.ts";
import { runCommand } from "../../../src/cli/commands/run-command.ts";
import type { CliContext } from "../../../src/cli/context.ts";
import { createInterrupted, createUsageError } from "../../../src/cli/errors.ts";
import { EXIT, toExitCode } from "../../../src/cli/exit-codes.ts";
import { printFailure } from "../../../src/cli/output.ts";
import type { Envelope, RunOutcome } from "../../../src/contract/envelope.ts";
import { createFakeClock } from "../../../src/testing/fake-clock.ts";
import { RegooseError, type ErrorClass } from "../../../src/kernel/errors.ts";

const DOCS = join(import.meta.dirname, "..", "..", "..", "docs", "exit-codes.md");

function anError(errorClass: ErrorClass, code = "RGS-0001"): RegooseError {
  return new RegooseError("Lost", "it is gone", { code, errorClass, hint: "look again" });
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
  test.each<[number, ErrorClass]>([
    [1, "defect"],
    [2, "user"],
    [2, "configuration"],
    [7, "permanent"],
    [7, "transient"],
    [7, "rate-limited"],
    [130, "cancelled"],
  ])("is %i for the class %s", (exit, errorClass) => {
    expect(toExitCode(anError(errorClass))).toBe(exit);
  });

  test("is 3 where analysis found nothing that a test could be written for", () => {
    expect(toExitCode(anError("user", "RGS-1002"))).toBe(3);
  });

  test("is 130 after INT and 143 after TERM", () => {
    expect(toExitCode(createInterrupted("SIGINT"))).toBe(130);
    expect(toExitCode(createInterrupted("SIGTERM"))).toBe(143);
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
    expect(fail(streams.write, true, anError("permanent", "RGS-7001"))).toBe(7);
    expect(streams.stderr).toBe("");
    expect(JSON.parse(streams.stdout)).toEqual({
      ok: false,
      data: null,
      error: {
        code: "RGS-7001",
        name: "Lost",
        class: "permanent",
        message: "it is gone",
        hint: "look again",
        docs: "docs/errors.md#rgs-7001",
        runId: "run-1",
      },
      meta: { schema: 1, version: "1.2.3" },
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
  const found = { kind: "hang" as const };

  test.each<[number, RunOutcome, number, readonly unknown[]]>([
    [0, "succeeded", 3, []],
    [0, "degraded", 3, []],
    [0, "degraded", 0, [found]],
    [3, "degraded", 0, []],
    [3, "failed", 0, []],
    [130, "cancelled", 3, []],
  ])("is %i for a %s run with %i tests and findings %j", (exit, outcome, tests, findings) => {
    const data = { outcome, suite: { tests }, findings };
    expect(toOutcomeExit(data, never)).toBe(exit);
  });

  test("is 143 for a run that TERM cancelled", () => {
    const signal = AbortSignal.abort(createInterrupted("SIGTERM"));
    expect(toOutcomeExit({ outcome: "cancelled", suite: { tests: 0 }, findings: [] }, signal)).toBe(
      143,
    );
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
    await runCommand(context, { json: false }, () => Promise.reject(anError("user")));
    expect(context.process.exitCode).toBe(2);
  });

  test("calls it a defect where no signal came", async () => {
    const context = aContext(new AbortController().signal);
    await runCommand(context, { json: false }, () => Promise.reject(new Error("EPIPE")));
    expect(context.process.exitCode).toBe(1);
  });
});

test("docs/exit-codes.md lists each exit code once, and what is reserved", () => {
  const text = readFileSync(DOCS, "utf8");
  const rows = [...text.matchAll(/^\| (\d+) /gmu)].map(([, code]) => Number(code));
  expect(rows).toEqual(Object.values(EXIT));
  for (const reserved of [4, 5, 6, 75]) expect(text).toMatch(new RegExp(`\\b${reserved}\\b`, "u"));
});

function aContext(signal: AbortSignal): CliContext {
  const ignore = { write: (): void => undefined };
  return {
    process: { stdout: ignore, stderr: ignore, exitCode: null },
    clock: createFakeClock(),
    version: "1.2.3",
    signal,
    cwd: "/",
    isTerminal: false,
    columns: 80,
    isColorAllowed: false,
    readStdin: () => Promise.resolve(null),
  };
}
