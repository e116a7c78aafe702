import { RegooseError } from "../kernel/errors.ts";

/** RGS-2010: the command line names a flag, value or command that is not there. */
export function createUsageError(message: string): RegooseError {
  return new RegooseError("UsageError", message, {
    code: "RGS-2010",
    errorClass: "configuration",
    hint: "regoose --help shows commands and flags",
  });
}

/** RGS-1300: a signal ended the command. */
export function createInterrupted(signal: NodeJS.Signals): RegooseError {
  return new RegooseError("Interrupted", `interrupted by ${signal}`, {
    code: "RGS-1300",
    errorClass: "cancelled",
    details: { signal },
  });
}

/** RGS-3013: the run ended well, and left neither a test nor a finding. */
export function createNothingKept(runId: string, proposed: number): RegooseError {
  return new RegooseError(
    "NothingKept",
    `no test could be kept (${proposed} proposed), and nothing looked wrong`,
    {
      code: "RGS-3013",
      errorClass: "user",
      hint: `\`regoose report ${runId}\` says why each was rejected; more --max-time may help, or a target with more to call`,
      details: { runId },
    },
  );
}

/** RGS-3014: cards of a suite no longer hold. */
export function createProofNotHeld(held: number, cards: number): RegooseError {
  return new RegooseError("ProofNotHeld", `${held} of ${cards} proof cards hold`, {
    code: "RGS-3014",
    errorClass: "user",
    hint: "the details stand in `data.cards`; where the source changed on purpose, `regoose generate` proves a new suite",
  });
}

/** RGS-7014: `doctor` found what keeps Regoose from working here. */
export function createNotReady(problems: readonly string[]): RegooseError {
  return new RegooseError("NotReady", `not ready: ${problems.join(", ")}`, {
    code: "RGS-7014",
    errorClass: "permanent",
    hint: "each problem stands in `data.checks` with its fix",
  });
}

/** RGS-9001: what was not thrown on purpose is a defect of ours. */
export function createInternalDefect(message: string, hint: string, cause?: unknown): RegooseError {
  return new RegooseError("InternalDefect", message, {
    code: "RGS-9001",
    errorClass: "defect",
    hint,
    ...(cause === undefined ? {} : { cause }),
  });
}
