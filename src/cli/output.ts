import type { Envelope } from "../contract/envelope.ts";
import { toErrorBody } from "../contract/error-body.ts";
import { RegooseError, toMessage } from "../kernel/errors.ts";
import { createInternalDefect } from "./errors.ts";
import { toExitCode } from "./exit-codes.ts";

/** Where a command writes: stdout is data, stderr is for people. */
export interface Streams {
  readonly stdout: { write(text: string): unknown };
  readonly stderr: { write(text: string): unknown };
}

/** How a command talks, decided once from flags, environment and terminal. */
export interface OutputStyle {
  readonly json: boolean;
  readonly quiet: boolean;
  readonly color: boolean;
  readonly isTerminal: boolean;
  readonly columns: number;
}

/** Prints the one success object of `--json`. */
export function printEnvelope(streams: Streams, version: string, data: object): void {
  const envelope: Envelope<object> = { ok: true, data, error: null, meta: { schema: 1, version } };
  streams.stdout.write(`${JSON.stringify(envelope)}\n`);
}

/**
 * Prints what went wrong, as `--json` or in words, and answers the exit code. An error that Regoose
 * did not throw on purpose is a defect of ours and says so.
 */
export function printFailure(
  streams: Streams,
  style: Pick<OutputStyle, "json">,
  context: {
    readonly version: string;
    readonly runId: string | null;
    readonly partial: object | null;
  },
  thrown: unknown,
): number {
  const error = toRegooseError(thrown);
  const body = toErrorBody(error, context.runId);
  if (style.json) {
    const envelope: Envelope<object> = {
      ok: false,
      data: context.partial,
      error: body,
      meta: { schema: 1, version: context.version },
    };
    streams.stdout.write(`${JSON.stringify(envelope)}\n`);
  } else {
    streams.stderr.write(`error: ${body.message} [${body.code} ${body.name}]\n`);
    if (body.hint !== null) streams.stderr.write(`  next: ${body.hint}\n`);
  }
  return toExitCode(error);
}

function toRegooseError(thrown: unknown): RegooseError {
  if (thrown instanceof RegooseError) return thrown;
  const stack = thrown instanceof Error ? thrown.stack : undefined;
  return createInternalDefect(
    `this is a defect of Regoose: ${toMessage(thrown)}`,
    `please report it with this trace:\n${stack ?? String(thrown)}`,
    thrown,
  );
}
