import type { UnfinishedModels } from "../contract/envelope.ts";
import { RegooseError, toMessage } from "../kernel/errors.ts";

/** RGS-2010: the command line names a flag, value or command that is not there. */
export function createUsageError(message: string): RegooseError {
  return new RegooseError("RGS-2010", message, {
    hint: "regoose --help shows commands and flags",
  });
}

/** RGS-1300: a signal ended the command. */
export function createInterrupted(signal: NodeJS.Signals): RegooseError {
  return new RegooseError("RGS-1300", `interrupted by ${signal}`, {
    details: { signal },
  });
}

/** RGS-1300 as well: the command was cut off while it was stopping. */
export function createCutShort(signal: NodeJS.Signals, why: string): RegooseError {
  return new RegooseError("RGS-1300", `interrupted by ${signal}; cut short, since ${why}`, {
    hint: "finished steps are kept: `regoose resume` goes on with the run",
    details: { signal },
  });
}

/** RGS-3013: the run ended well, and left neither a test nor a finding. */
export function createNothingKept(runId: string, proposed: number): RegooseError {
  return new RegooseError(
    "RGS-3013",
    `no test could be kept (${proposed} proposed), and nothing looked wrong`,
    {
      hint: `\`regoose report ${runId}\` says why each was rejected; more --max-time may help, or a target with more to call`,
      details: { runId },
    },
  );
}

/** RGS-4016: the run has its suite, and its models would have gone on for more money. */
export function createBudgetEnded(runId: string, { message }: UnfinishedModels): RegooseError {
  return new RegooseError("RGS-4016", message, {
    hint: `\`regoose resume ${runId}\` with a larger --budget-usd or --budget-tokens goes on; what was admitted until then is kept`,
    details: { runId },
  });
}

/** RGS-4007: the run has its suite, and its models can be asked again later. */
export function createParked(runId: string, { message, retryAt }: UnfinishedModels): RegooseError {
  return new RegooseError("RGS-4007", message, {
    hint: `\`regoose resume ${runId}\` goes on ${retryAt === null ? "later" : `from ${retryAt}`}; what was admitted until then is kept`,
    details: { runId, retryAt },
  });
}

/** RGS-3014: cards of a suite no longer hold. */
export function createProofNotHeld(held: number, cards: number): RegooseError {
  return new RegooseError("RGS-3014", `${held} of ${cards} proof cards hold`, {
    hint: "the details stand in `data.cards`; where the source changed on purpose, `regoose generate` proves a new suite",
  });
}

/** RGS-7014: `doctor` found what keeps Regoose from working here. */
export function createNotReady(problems: readonly string[]): RegooseError {
  return new RegooseError("RGS-7014", `not ready: ${problems.join(", ")}`, {
    hint: "each problem stands in `data.checks` with its fix",
  });
}

/** RGS-9001: what was not thrown on purpose is a defect of ours. */
export function createInternalDefect(message: string, hint: string, cause?: unknown): RegooseError {
  return new RegooseError("RGS-9001", message, {
    hint,
    ...(cause === undefined ? {} : { cause }),
  });
}

/** RGS-9001: something threw, or rejected, where nobody waited for it. */
export function createUncaughtDefect(thrown: unknown): RegooseError {
  const stack = thrown instanceof Error ? thrown.stack : undefined;
  return createInternalDefect(
    `this is a defect of Regoose: nobody waited for what failed: ${toMessage(thrown)}`,
    `please report it with this trace, \`regoose resume\` goes on with the run:\n${stack ?? String(thrown)}`,
    thrown,
  );
}

/** RGS-2030: a command that asks needs somebody to ask. */
export function createTerminalNeeded(command: string, instead: string): RegooseError {
  return new RegooseError(
    "RGS-2030",
    `${command} asks questions, and there is no terminal to ask in`,
    {
      hint: `run it in a terminal; without one, ${instead}`,
    },
  );
}
