import type { Counter, Gauge, Histogram } from "./definition.ts";
import {
  ERROR_CLASSES,
  HTTP_ROUTES,
  HTTP_STATUSES,
  RELOAD_OUTCOMES,
  SERVER_STATES,
  TRIGGER_OUTCOMES,
  TRIGGER_RULES,
} from "./labels.ts";

/** What a server measures of itself. */
export interface ServerMetricTable {
  readonly regoose_server_state: Gauge<"state">;
  readonly regoose_run_failures_total: Counter<"class">;
  readonly regoose_queue_runs: Gauge;
  readonly regoose_queue_age_seconds: Gauge;
  readonly regoose_runs_active: Gauge;
  readonly regoose_busy_ratio: Gauge;
  readonly regoose_run_silence_seconds: Gauge;
  readonly regoose_run_restarts_total: Counter;
  readonly regoose_machine_failures_runs: Gauge;
  readonly regoose_orphans_active: Gauge;
  readonly regoose_disk_free_bytes: Gauge<"folder">;
  readonly regoose_memory_available_bytes: Gauge;
  readonly regoose_config_reloads_total: Counter<"outcome">;
  readonly regoose_config_refused_files: Gauge;
  readonly regoose_config_pending_keys: Gauge;
  readonly regoose_triggers_total: Counter<"rule" | "outcome">;
  readonly regoose_http_requests_total: Counter<"route" | "status">;
  readonly regoose_http_request_duration_seconds: Histogram<"route">;
}

export const SERVER_METRICS: ServerMetricTable = {
  regoose_server_state: {
    kind: "gauge",
    scope: "server",
    help: "1 for the state that the server is in",
    labels: { state: SERVER_STATES },
  },
  regoose_run_failures_total: {
    kind: "counter",
    scope: "server",
    help: "Runs that failed, by the class of their error",
    labels: { class: ERROR_CLASSES.slice(1) },
  },
  regoose_queue_runs: {
    kind: "gauge",
    scope: "server",
    help: "Runs that wait for their turn",
    labels: {},
  },
  regoose_queue_age_seconds: {
    kind: "gauge",
    scope: "server",
    help: "How long the run has waited that waits longest",
    labels: {},
  },
  regoose_runs_active: {
    kind: "gauge",
    scope: "server",
    help: "Runs that are being done",
    labels: {},
  },
  regoose_busy_ratio: {
    kind: "gauge",
    scope: "server",
    help: "Share of the places for runs that were taken over the last minute",
    labels: {},
  },
  regoose_run_silence_seconds: {
    kind: "gauge",
    scope: "server",
    help: "How long the run has given no sign of life that is silent longest",
    labels: {},
  },
  regoose_run_restarts_total: {
    kind: "counter",
    scope: "server",
    help: "Processes of runs that were ended for their silence",
    labels: {},
  },
  regoose_machine_failures_runs: {
    kind: "gauge",
    scope: "server",
    help: "Runs in a row that failed for want of a sandbox or of room on this machine",
    labels: {},
  },
  regoose_orphans_active: {
    kind: "gauge",
    scope: "server",
    help: "Folders of processes that have died, not yet removed",
    labels: {},
  },
  regoose_disk_free_bytes: {
    kind: "gauge",
    scope: "server",
    help: "Room on the disk of a folder",
    labels: { folder: ["state", "temporary"] },
  },
  regoose_memory_available_bytes: {
    kind: "gauge",
    scope: "server",
    help: "Memory that this machine, or its container, can still give",
    labels: {},
  },
  regoose_config_reloads_total: {
    kind: "counter",
    scope: "server",
    help: "Changed configurations, by what became of them",
    labels: { outcome: RELOAD_OUTCOMES },
  },
  regoose_config_refused_files: {
    kind: "gauge",
    scope: "server",
    help: "Configurations that cannot be used as they stand, so that the last good one counts",
    labels: {},
  },
  regoose_config_pending_keys: {
    kind: "gauge",
    scope: "server",
    help: "Keys that changed and count after a restart",
    labels: {},
  },
  regoose_triggers_total: {
    kind: "counter",
    scope: "server",
    help: "Rules that were due, by what became of it",
    labels: { rule: TRIGGER_RULES, outcome: TRIGGER_OUTCOMES },
  },
  regoose_http_requests_total: {
    kind: "counter",
    scope: "server",
    help: "Answers to requests by the first digit of their status",
    labels: { route: HTTP_ROUTES, status: HTTP_STATUSES },
  },
  regoose_http_request_duration_seconds: {
    kind: "histogram",
    scope: "server",
    help: "Time from a request to its answer, streams of events left out",
    labels: { route: HTTP_ROUTES },
    buckets: [0.005, 0.025, 0.1, 0.5, 1, 2.5, 10, 30],
  },
};
