import { isEnded, JOB_STATUSES } from "../contract/job.ts";
import type { ConfigCounts } from "./config-service.ts";
import type { JobCounts } from "./job-service.ts";

/** Numbers in the text format of Prometheus, version 0.0.4. */
export function renderMetrics(counts: JobCounts, config: ConfigCounts): string {
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
    "# HELP regoose_config_reloads_total Changed configurations since the server started, by what became of them.",
    "# TYPE regoose_config_reloads_total counter",
    `regoose_config_reloads_total{outcome="applied"} ${config.applied}`,
    `regoose_config_reloads_total{outcome="refused"} ${config.refused}`,
    "# HELP regoose_config_refused Configurations that cannot be used as they stand, so that the last good one counts.",
    "# TYPE regoose_config_refused gauge",
    `regoose_config_refused ${config.inRefusal}`,
    "# HELP regoose_config_pending_restart_keys Keys that changed and count after a restart.",
    "# TYPE regoose_config_pending_restart_keys gauge",
    `regoose_config_pending_restart_keys ${config.pendingRestart}`,
    "# HELP regoose_config_version Version of the server's configuration that counts; 1 is the one it started with.",
    "# TYPE regoose_config_version gauge",
    `regoose_config_version ${config.version}`,
    "",
  ].join("\n");
}
