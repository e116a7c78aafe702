import { RegooseError } from "../../kernel/errors.ts";
import type { CliContext } from "../context.ts";
import { EXIT, toExitCode } from "../exit-codes.ts";
import { printEnvelope, printFailure, type OutputStyle } from "../output.ts";

/** What a command hands back: the data of its envelope, and whether that is a success. */
export interface CommandAnswer<T extends object> {
  readonly data: T;
  /** Why the command does not end with 0 though it has data, such as a proof that no longer holds. */
  readonly failure: RegooseError | null;
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
    context.process.exitCode = await printAnswer(context, style, await work());
  } catch (failure) {
    const identity = {
      version: context.version,
      runId: toRunId(failure),
      partial: toPartial(failure),
    };
    const ending: unknown = isConsequence(context.signal, failure)
      ? context.signal.reason
      : failure;
    context.process.exitCode = printFailure(context.process, style, identity, ending);
  }
}

/** `ok` is true exactly where the exit code is 0. In words, the answer says itself what is wrong. */
async function printAnswer<T extends object>(
  context: CliContext,
  style: Pick<OutputStyle, "json">,
  answer: CommandAnswer<T>,
): Promise<number> {
  const { data, failure } = answer;
  if (!style.json) await answer.print();
  else if (failure === null) printEnvelope(context.process, context.version, data);
  else {
    const runId = toRunId(failure) ?? readRunId(data);
    const identity = { version: context.version, runId, partial: data };
    return printFailure(context.process, style, identity, failure);
  }
  return failure === null ? EXIT.done : toExitCode(failure);
}

/** Once a signal has come, what breaks without a name of its own broke because of it. */
function isConsequence(signal: AbortSignal, failure: unknown): boolean {
  if (!signal.aborted) return false;
  return !(failure instanceof RegooseError) || failure.errorClass === "defect";
}

/** Errors thrown inside a run carry its id in their details. */
function toRunId(failure: unknown): string | null {
  if (typeof failure !== "object" || failure === null || !("details" in failure)) return null;
  const { details } = failure;
  return typeof details === "object" && details !== null ? readRunId(details) : null;
}

function readRunId(facts: object): string | null {
  return "runId" in facts && typeof facts.runId === "string" ? facts.runId : null;
}

/** What a run had before it failed; structural, so that no command loads the run's modules for it. */
function toPartial(failure: unknown): object | null {
  if (typeof failure !== "object" || failure === null || !("partial" in failure)) return null;
  return typeof failure.partial === "object" ? failure.partial : null;
}
