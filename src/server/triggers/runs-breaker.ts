import type { Job } from "../../contract/job.ts";
import type { BreakerState } from "../../ports/outside-calls.ts";

/** Codes that say that this machine has no sandbox, process, room or answer for a run, whatever the run was. */
const MACHINE_CODES: ReadonlySet<string> = new Set([
  "RGS-7001",
  "RGS-7002",
  "RGS-7003",
  "RGS-7501",
  "RGS-7502",
  "RGS-7504",
]);

/** A circuit breaker around all runs of a server; a rule opens it, a probe closes it. */
export interface RunsBreaker {
  /** Runs in a row that failed for want of the machine. */
  readonly failures: number;
  state: BreakerState;
  /** Takes note of how a run ended. */
  observe(job: Pick<Job, "status" | "error">): void;
  /** A probe has shown that runs are possible again. */
  close(): void;
}

export function createRunsBreaker(): RunsBreaker {
  let failures = 0;
  return {
    state: "closed",
    get failures() {
      return failures;
    },
    observe({ status, error }) {
      // Who cancels says nothing of the machine.
      if (status === "cancelled") return;
      if (MACHINE_CODES.has(error?.code ?? "")) failures += 1;
      else this.close();
    },
    close() {
      failures = 0;
      this.state = "closed";
    },
  };
}
