import { RegooseError } from "../../kernel/errors.ts";
import type { CliContext } from "../context.ts";
import { printEnvelope, printFailure, type OutputStyle } from "../output.ts";

/** What a command hands back: the data of its envelope and its exit code. */
export interface CommandAnswer<T extends object> {
  readonly data: T;
  readonly exitCode: number;
  /** Prints for people; not called under `--json`. */
  print(): void | Promise<void>;
}

/** Runs a command's work and maps every ending to output and exit code, in one place. */
export async function runCommand<T extends object>(
  context: CliContext,
  style: Pick<OutputStyle, "json">,
  work: () => Promise<CommandAnswer<T>>,
): Promise<void> {
  try {
    const answer = await work();
    if (style.json) printEnvelope(context.process, context.version, answer.data);
    else await answer.print();
    context.process.exitCode = answer.exitCode;
  } catch (failure) {
    const identity = { version: context.version, runId: toRunId(failure), partial: null };
    const ending: unknown = isConsequence(context.signal, failure)
      ? context.signal.reason
      : failure;
    context.process.exitCode = printFailure(context.process, style, identity, ending);
  }
}

/** Once a signal has come, what breaks without a name of its own broke because of it. */
function isConsequence(signal: AbortSignal, failure: unknown): boolean {
  if (!signal.aborted) return false;
  return !(failure instanceof RegooseError) || failure.errorClass === "defect";
}

/** Errors thrown inside a run carry its id in their details. */
function toRunId(failure: unknown): string | null {
  if (typeof failure !== "object" || failure === null || !("details" in failure)) return null;
  const details = failure.details as { readonly runId?: unknown } | undefined;
  return typeof details?.runId === "string" ? details.runId : null;
}
