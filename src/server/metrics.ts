import { isEnded, JOB_STATUSES } from "../contract/job.ts";
import type { JobCounts } from "./job-service.ts";

/** Numbers in the text format of Prometheus, version 0.0.4. */
export function renderMetrics(counts: JobCounts): string {
  const ended = JOB_STATUSES.filter(isEnded).map(
    (status) => `regoose_runs_ended_total{outcome="${status}"} ${counts.ended[status] ?? 0}`,
  );
  return [
    "# HELP regoose_runs_waiting Runs that wait for their turn.",
    "# TYPE regoose_runs_waiting gauge",
    `regoose_runs_waiting ${counts.waiting}`,
    "# HELP regoose_runs_running Runs that are being done.",
    "# TYPE regoose_runs_running gauge",
    `regoose_runs_running ${counts.running}`,
    "# HELP regoose_queue_age_seconds How long the run has waited that waits longest.",
    "# TYPE regoose_queue_age_seconds gauge",
    `regoose_queue_age_seconds ${counts.oldestWaitingMs / 1_000}`,
    "# HELP regoose_runs_ended_total Runs that ended since the server started, by outcome.",
    "# TYPE regoose_runs_ended_total counter",
    ...ended,
    "",
  ].join("\n");
}
