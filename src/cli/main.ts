import { ExitCode, proposeCompletions, run } from "@stricli/core";
import { readFileSync } from "node:fs";
import { readEnvironment } from "../config/environment.ts";
import { createSystemClock } from "../kernel/clock.ts";
import { createApplication } from "./application.ts";
import type { CliContext, CliProcess } from "./context.ts";
import { createInternalDefect, createInterrupted, createUsageError } from "./errors.ts";
import { EXIT } from "./exit-codes.ts";
import { printFailure } from "./output.ts";

/** After the first signal everything is cleaned up; a second one, or this long, ends the process at once. */
const SHUTDOWN_LIMIT_MS = 15_000;

/** Runs the command line. Sets `process.exitCode`; never throws. */
export async function main(argv: readonly string[]): Promise<void> {
  const version = readVersion();
  const application = createApplication(version);
  const interruption = listenForSignals();
  const isJson = argv.includes("--json");
  const shim = createProcessShim(isJson);
  const context = createContext(shim.process, version, interruption.signal);
  try {
    if (argv[0] === "__complete") {
      const found = await proposeCompletions(application, argv.slice(1), context);
      process.stdout.write(found.map((one) => `${one.completion}\n`).join(""));
      return;
    }
    await run(application, argv, context);
    process.exitCode = toFinalExit(shim, { version, isJson });
  } finally {
    interruption.end();
  }
}

function readVersion(): string {
  const manifest: unknown = JSON.parse(
    readFileSync(new URL("../../package.json", import.meta.url), "utf8"),
  );
  return (manifest as { readonly version: string }).version;
}

interface ProcessShim {
  readonly process: CliProcess;
  readonly heldErrors: string[];
}

/** Under `--json` Stricli's own usage messages are held back, so that they become an envelope. */
function createProcessShim(isJson: boolean): ProcessShim {
  const heldErrors: string[] = [];
  return {
    heldErrors,
    process: {
      stdout: { write: (text) => void process.stdout.write(text) },
      stderr: {
        write: (text) => {
          if (isJson) heldErrors.push(text);
          else process.stderr.write(text);
        },
      },
      // Stricli sets the code of a usage error only where none stands.
      exitCode: null,
    },
  };
}

/** Stricli's negative codes are usage errors, except for a command that cannot be loaded. */
function toFinalExit(
  shim: ProcessShim,
  identity: { readonly version: string; readonly isJson: boolean },
): number {
  const code = Number(shim.process.exitCode ?? 0);
  if (code >= 0) return code;
  const isUsage = code === ExitCode.UnknownCommand || code === ExitCode.InvalidArgument;
  if (identity.isJson) {
    const message = shim.heldErrors.join("").trim();
    const error = isUsage
      ? createUsageError(message)
      : createInternalDefect(message, "please report it with the command that you typed");
    return printFailure(
      process,
      { json: true },
      { version: identity.version, runId: null, partial: null },
      error,
    );
  }
  return isUsage ? EXIT.usage : EXIT.defect;
}

function createContext(shim: CliProcess, version: string, signal: AbortSignal): CliContext {
  const environment = readEnvironment();
  const isTerminal = process.stderr.isTTY && !environment.isCi;
  return {
    process: shim,
    clock: createSystemClock(),
    version,
    signal,
    cwd: process.cwd(),
    isTerminal,
    columns: process.stderr.isTTY ? process.stderr.columns : 100,
    isColorAllowed:
      !environment.isColorDisabled && (process.stdout.isTTY || environment.isColorForced),
    writeLog: (text) => {
      process.stderr.write(text);
    },
    readStdin: async () => {
      if (process.stdin.isTTY) return null;
      let text = "";
      for await (const chunk of process.stdin.setEncoding("utf8")) text += String(chunk);
      return text;
    },
  };
}

function listenForSignals(): { readonly signal: AbortSignal; end(): void } {
  const controller = new AbortController();
  let timer: NodeJS.Timeout | undefined;
  const onSignal = (name: NodeJS.Signals): void => {
    const code = name === "SIGTERM" ? EXIT.terminated : EXIT.interrupted;
    if (controller.signal.aborted) process.exit(code);
    controller.abort(createInterrupted(name));
    timer = setTimeout(() => process.exit(code), SHUTDOWN_LIMIT_MS);
    timer.unref();
  };
  process.on("SIGINT", onSignal);
  process.on("SIGTERM", onSignal);
  return {
    signal: controller.signal,
    end() {
      clearTimeout(timer);
      process.off("SIGINT", onSignal);
      process.off("SIGTERM", onSignal);
    },
  };
}
