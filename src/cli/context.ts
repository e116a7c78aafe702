import type { Clock } from "../kernel/clock.ts";
import type { Streams } from "./output.ts";

/** What every command gets as `this`. Stricli reads `process`, the commands the rest. */
export interface CliContext {
  readonly process: CliProcess;
  readonly clock: Clock;
  readonly version: string;
  /** Aborted by Ctrl-C, TERM or HUP; its reason names the signal. */
  readonly signal: AbortSignal;
  /** Folder where the user stands. */
  readonly cwd: string;
  readonly isTerminal: boolean;
  /** Somebody sits there who can be asked: a terminal at both ends, and no CI. */
  readonly canAsk: boolean;
  readonly columns: number;
  readonly isColorAllowed: boolean;
  /** Writes log lines to stderr, under `--json` too, where messages of the command line are held back. */
  writeLog(text: string): void;
  /** Reads all of standard input as text; null when it is a terminal. */
  readStdin(): Promise<string | null>;
}

/** The part of `process` that Stricli and the commands use. */
export interface CliProcess extends Streams {
  readonly stdout: { write(text: string): void };
  readonly stderr: { write(text: string): void };
  readonly env?: Readonly<Partial<Record<string, string>>>;
  exitCode?: number | string | null;
}
