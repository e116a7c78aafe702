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

/** RGS-9001: what was not thrown on purpose is a defect of ours. */
export function createInternalDefect(message: string, hint: string, cause?: unknown): RegooseError {
  return new RegooseError("InternalDefect", message, {
    code: "RGS-9001",
    errorClass: "defect",
    hint,
    ...(cause === undefined ? {} : { cause }),
  });
}
