import type { RegooseError } from "../kernel/errors.ts";

/** Exit codes are a contract: see `docs/exit-codes.md`. 4, 5, 6 and 75 are reserved for later parts. */
export const EXIT = {
  /** Done, also when degraded. */
  done: 0,
  /** A defect of ours. */
  defect: 1,
  /** Usage or configuration. */
  usage: 2,
  /** Finished, but nothing useful came out, a card no longer holds, or a gate that was asked for failed. */
  notMet: 3,
  /** Sandbox or environment. */
  environment: 7,
  interrupted: 130,
  terminated: 143,
} as const;

/** Codes whose exit differs from what their class says. */
const BY_CODE: Readonly<Record<string, number>> = {
  // Analysis ran and found nothing that a test could be written for.
  "RGS-1002": EXIT.notMet,
  // The run ended well and left nothing; a card that does not hold is what `verify` is asked for.
  "RGS-3013": EXIT.notMet,
  "RGS-3014": EXIT.notMet,
};

/** Maps an error to the exit code of the process. */
export function toExitCode(error: RegooseError): number {
  const special = BY_CODE[error.code];
  if (special !== undefined) return special;
  switch (error.errorClass) {
    case "user":
    case "configuration":
      return EXIT.usage;
    case "cancelled":
      return error.details["signal"] === "SIGTERM" ? EXIT.terminated : EXIT.interrupted;
    case "transient":
    case "rate-limited":
    case "permanent":
      return EXIT.environment;
    case "defect":
      return EXIT.defect;
  }
}
