import type { ServerMetrics } from "../app/serve/server-metrics.ts";
import type { Job } from "../contract/job.ts";
import { OTHER_LABEL } from "../contract/metrics.ts";
import { ERROR_TABLE, toErrorFacts, type ErrorCode } from "../kernel/error-table.ts";
import type { BusyMeter } from "./busy-meter.ts";
import type { RunsBreaker } from "./triggers/runs-breaker.ts";

/** Told what becomes of runs; nothing that it does holds one up for long, and nothing breaks one. */
export interface JobObserver {
  /** A run takes a place. */
  begin(id: string): void;
  /** The place is free again: the run has ended, or goes on after a restart. */
  end(id: string): void;
  /** The process of a run is gone; `runId` is null where it came to no run. */
  measure(project: string, runId: string | null): Promise<void>;
  /** The run has come to its end. */
  ended(job: Job): void;
}

export interface ObserverDeps {
  readonly metrics: Pick<ServerMetrics, "count" | "observe" | "absorbRun">;
  readonly meter: BusyMeter;
  readonly breaker: RunsBreaker;
}

/** Counts runs and takes over what they measured. */
export function observeJobs({ metrics, meter, breaker }: ObserverDeps): JobObserver {
  return {
    begin(id) {
      meter.begin(id);
    },
    end(id) {
      meter.end(id);
    },
    async measure(project, runId) {
      if (runId !== null) await metrics.absorbRun(project, runId);
    },
    ended(job) {
      const { status, startedAt, endedAt, runId } = job;
      breaker.observe(job);
      metrics.count("regoose_runs_total", { outcome: status });
      if (status === "failed")
        metrics.count("regoose_run_failures_total", { class: toErrorClass(job.error?.code ?? "") });
      if (startedAt === null || endedAt === null) return;
      const seconds = Math.max(0, Date.parse(endedAt) - Date.parse(startedAt)) / 1_000;
      metrics.observe("regoose_run_duration_seconds", { outcome: status }, seconds, runId);
    },
  };
}

/** Codes come from the answer of a process; one that no table has counts as another. */
function toErrorClass(code: string): string {
  return Object.hasOwn(ERROR_TABLE, code) ? toErrorFacts(code as ErrorCode).class : OTHER_LABEL;
}
