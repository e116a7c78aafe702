import type { RegooseError } from "../kernel/errors.ts";
import { toErrorFacts } from "../kernel/error-table.ts";

/** Exit codes are a contract: see `docs/exit-codes.md`. */
export const EXIT = {
  /** Done, also when degraded. */
  done: 0,
  /** A defect of ours. */
  defect: 1,
  /** Usage or configuration. */
  usage: 2,
  /** Finished, but nothing useful came out, a card no longer holds, or a gate that was asked for failed. */
  notMet: 3,
  /** A model provider does not take the key, or there is none. */
  authentication: 4,
  /** Model providers failed, also after retries and fallbacks. */
  provider: 5,
  /** The budget for models is used up; the run can be resumed. */
  budget: 6,
  /** Sandbox or environment. */
  environment: 7,
  /** The same command may work a little later. */
  tryLater: 75,
  hungUp: 129,
  interrupted: 130,
  terminated: 143,
} as const;

/** Maps an error to the exit code of the process: its row of the table, or 143 after TERM and 129 after HUP. */
export function toExitCode(error: RegooseError): number {
  if (error.errorClass === "cancelled") {
    if (error.details["signal"] === "SIGTERM") return EXIT.terminated;
    if (error.details["signal"] === "SIGHUP") return EXIT.hungUp;
  }
  return toErrorFacts(error.code).exit;
}
