import { ExitCode, proposeCompletions, run } from "@stricli/core";
import { readFileSync } from "node:fs";
import { readEnvironment } from "../config/environment.ts";
import { createSystemClock } from "../kernel/clock.ts";
import { createApplication } from "./application.ts";
import type { CliContext, CliProcess } from "./context.ts";
import type { RegooseError } from "../kernel/errors.ts";
import { createInternalDefect, createUsageError } from "./errors.ts";
import { EXIT } from "./exit-codes.ts";
import { printFailure } from "./output.ts";
import { listenForSignals } from "./shutdown.ts";

/** Runs the command line. Sets `process.exitCode`; never throws. */
export async function main(argv: readonly string[]): Promise<void> {
  const version = readVersion();
  const application = createApplication(version);
  const clock = createSystemClock();
  letReadersLeave();
  const isJson = argv.includes("--json");
  const shim = createProcessShim(isJson);
  const cut = (error: RegooseError): void => {
    // Once the answer is out, a second one would follow it.
    const stdout = shim.hasAnswered() ? NOWHERE : process.stdout;
    const identity = { version, runId: null, partial: null };
    process.exit(
      printFailure({ stdout, stderr: process.stderr }, { json: isJson }, identity, error),
    );
  };
  using shutdown = listenForSignals({ clock, signals: process, cut, leave: () => process.exit() });
  const context = createContext(shim.process, { version, clock, signal: shutdown.signal });
  if (argv[0] === "__complete") {
    const found = await proposeCompletions(application, argv.slice(1), context);
    process.stdout.write(found.map((one) => `${one.completion}\n`).join(""));
    return;
  }
  await run(application, argv, context);
  process.exitCode = toFinalExit(shim, { version, isJson });
}

function readVersion(): string {
  const manifest: unknown = JSON.parse(
    readFileSync(new URL("../../package.json", import.meta.url), "utf8"),
  );
  return (manifest as { readonly version: string }).version;
}

/** EIO: the terminal was closed. */
const GONE: ReadonlySet<string> = new Set(["EPIPE", "EIO", "ERR_STREAM_DESTROYED"]);

/** Whoever reads our output may stop, as `| head` does: what is left to say is dropped, and the work goes on. */
function letReadersLeave(): void {
  for (const stream of [process.stdout, process.stderr]) {
    stream.on("error", (failure: NodeJS.ErrnoException) => {
      if (!GONE.has(failure.code ?? "")) throw failure;
    });
  }
}

const NOWHERE = { write: (): void => undefined };

interface ProcessShim {
  readonly process: CliProcess;
  readonly heldErrors: string[];
  /** True once something stands on stdout. */
  readonly hasAnswered: () => boolean;
}

/** Under `--json` Stricli's own usage messages are held back, so that they become an envelope. */
function createProcessShim(isJson: boolean): ProcessShim {
  const heldErrors: string[] = [];
  let hasAnswered = false;
  return {
    heldErrors,
    hasAnswered: () => hasAnswered,
    process: {
      stdout: {
        write: (text) => {
          hasAnswered = true;
          process.stdout.write(text);
        },
      },
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

function createContext(
  shim: CliProcess,
  own: Pick<CliContext, "version" | "clock" | "signal">,
): CliContext {
  const environment = readEnvironment();
  const isTerminal = process.stderr.isTTY && !environment.isCi;
  return {
    ...own,
    process: shim,
    cwd: process.cwd(),
    isTerminal,
    canAsk: process.stdin.isTTY && process.stdout.isTTY && !environment.isCi,
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
