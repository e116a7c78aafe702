import { REJECTION_REASONS } from "./candidate.ts";
import type { ErrorClass } from "../kernel/error-table.ts";

/** What every metric is: its kind, what it says, and the only values that each label may have. */
export interface MetricDefinition {
  readonly kind: "counter" | "gauge" | "histogram";
  readonly help: string;
  readonly labels: Readonly<Record<string, readonly string[]>>;
  /** Upper bounds of a histogram, in the unit of its name. */
  readonly buckets?: readonly number[];
}

/** Stands for a label value that is not listed, so that no input makes series. */
export const OTHER_LABEL = "other";

const ERROR_CLASSES: readonly (ErrorClass | "none")[] = [
  "none",
  "transient",
  "rate-limited",
  "permanent",
  "configuration",
  "user",
  "defect",
  "cancelled",
];

const ACTIONS = [
  "prepare-project",
  "measure-baseline",
  "propose-tests",
  "admit-tests",
  "write-suite",
] as const;
const OUTCOMES = ["succeeded", "degraded", "cancelled", "failed"] as const;
const BACKENDS = ["bubblewrap", "guarded"] as const;
const PROCESS_ENDS = [
  "exited",
  "signalled",
  "timed-out",
  "output-exceeded",
  "memory-exceeded",
  "cancelled",
  "failed",
] as const;
const RUN_MODES = ["plain", "coverage", "mutant-coverage", "mutants"] as const;
const RUNNERS = ["node", "vitest", "jest", "mocha"] as const;
const RUN_ENDS = ["finished", "timed-out", "killed", "broken", "failed"] as const;
const CALLS = ["sandbox", "project files"] as const;
const BREAKER_STATES = ["closed", "open", "half-open"] as const;
const MEMORY_KINDS = ["rss", "heap-used", "heap-total", "external"] as const;
const LAG_KINDS = ["mean", "p99", "max"] as const;

const SECONDS: readonly number[] = [0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30, 60, 120, 300, 900];

type OfKind<K extends MetricDefinition["kind"], L extends string> = MetricDefinition & {
  readonly kind: K;
  readonly labels: Readonly<Record<L, readonly string[]>>;
};
type Counter<L extends string = never> = OfKind<"counter", L>;
type Gauge<L extends string = never> = OfKind<"gauge", L>;
type Histogram<L extends string = never> = OfKind<"histogram", L>;

/** Names of the metrics, each with its kind and the names of its labels. */
export interface MetricTable {
  readonly regoose_runs_total: Counter<"outcome">;
  readonly regoose_run_duration_seconds: Histogram<"outcome">;
  readonly regoose_actions_total: Counter<"action" | "outcome" | "class">;
  readonly regoose_action_duration_seconds: Histogram<"action" | "outcome">;
  readonly regoose_retries_total: Counter<"action">;
  readonly regoose_search_executions_total: Counter;
  readonly regoose_search_jobs_total: Counter<"job" | "outcome">;
  readonly regoose_tests_admitted_total: Counter;
  readonly regoose_tests_rejected_total: Counter<"reason">;
  readonly regoose_sandboxes_total: Counter<"backend" | "event">;
  readonly regoose_sandboxes_active: Gauge;
  readonly regoose_sandbox_processes_total: Counter<"backend" | "end">;
  readonly regoose_sandbox_process_duration_seconds: Histogram<"backend">;
  readonly regoose_test_runs_total: Counter<"runner" | "mode" | "end">;
  readonly regoose_test_run_duration_seconds: Histogram<"mode">;
  readonly regoose_call_retries_total: Counter<"call">;
  readonly regoose_breaker_state: Gauge<"call" | "state">;
  readonly regoose_process_memory_bytes: Gauge<"kind">;
  readonly regoose_process_cpu_seconds: Gauge<"kind">;
  readonly regoose_eventloop_lag_seconds: Gauge<"kind">;
  readonly regoose_telemetry_dropped_total: Counter<"signal">;
}

/** Every metric, as `regoose_<noun>_<unit>`; counters end in `_total`. Labels are bounded by what is listed. */
export const METRICS: MetricTable = {
  regoose_runs_total: {
    kind: "counter",
    help: "Runs that ended in this process",
    labels: { outcome: OUTCOMES },
  },
  regoose_run_duration_seconds: {
    kind: "histogram",
    help: "Wall time of runs in this process",
    labels: { outcome: OUTCOMES },
    buckets: SECONDS,
  },
  regoose_actions_total: {
    kind: "counter",
    help: "Attempts at Actions",
    labels: { action: ACTIONS, outcome: ["succeeded", "failed"], class: ERROR_CLASSES },
  },
  regoose_action_duration_seconds: {
    kind: "histogram",
    help: "Wall time of attempts at Actions",
    labels: { action: ACTIONS, outcome: ["succeeded", "failed"] },
    buckets: SECONDS,
  },
  regoose_retries_total: {
    kind: "counter",
    help: "Attempts that were begun because one before had failed",
    labels: { action: ACTIONS },
  },
  regoose_search_executions_total: {
    kind: "counter",
    help: "Programs that the search executed",
    labels: {},
  },
  regoose_search_jobs_total: {
    kind: "counter",
    help: "Search processes",
    labels: {
      job: ["coverage", "mutation", "measure", "shrink", "record"],
      outcome: ["done", "lost", "failed"],
    },
  },
  regoose_tests_admitted_total: {
    kind: "counter",
    help: "Tests that entered a suite",
    labels: {},
  },
  regoose_tests_rejected_total: {
    kind: "counter",
    help: "Candidates that did not, by their one reason",
    labels: { reason: REJECTION_REASONS },
  },
  regoose_sandboxes_total: {
    kind: "counter",
    help: "Sandboxes by what became of them",
    labels: { backend: BACKENDS, event: ["created", "failed", "disposed"] },
  },
  regoose_sandboxes_active: {
    kind: "gauge",
    help: "Sandboxes that are not disposed",
    labels: {},
  },
  regoose_sandbox_processes_total: {
    kind: "counter",
    help: "Processes in sandboxes by how they ended",
    labels: { backend: BACKENDS, end: PROCESS_ENDS },
  },
  regoose_sandbox_process_duration_seconds: {
    kind: "histogram",
    help: "Wall time of processes in sandboxes",
    labels: { backend: BACKENDS },
    buckets: SECONDS,
  },
  regoose_test_runs_total: {
    kind: "counter",
    help: "Runs of the user's test runner",
    labels: { runner: RUNNERS, mode: RUN_MODES, end: RUN_ENDS },
  },
  regoose_test_run_duration_seconds: {
    kind: "histogram",
    help: "Wall time of runs of the user's test runner",
    labels: { mode: RUN_MODES },
    buckets: SECONDS,
  },
  regoose_call_retries_total: {
    kind: "counter",
    help: "Calls out of the process that were tried again",
    labels: { call: CALLS },
  },
  regoose_breaker_state: {
    kind: "gauge",
    help: "1 for the state that the circuit breaker of a call was in at last",
    labels: { call: CALLS, state: BREAKER_STATES },
  },
  regoose_process_memory_bytes: {
    kind: "gauge",
    help: "Memory of the orchestrator",
    labels: { kind: MEMORY_KINDS },
  },
  regoose_process_cpu_seconds: {
    kind: "gauge",
    help: "Processor time of the orchestrator, children left out",
    labels: { kind: ["user", "system"] },
  },
  regoose_eventloop_lag_seconds: {
    kind: "gauge",
    help: "Delay of the orchestrator's event loop since the run began",
    labels: { kind: LAG_KINDS },
  },
  regoose_telemetry_dropped_total: {
    kind: "counter",
    help: "Lines and spans that telemetry left out rather than hold up a run",
    labels: { signal: ["log", "span", "otlp"] },
  },
};

export type MetricName = keyof MetricTable;

/** Names of metrics of one kind. */
export type MetricOf<K extends MetricDefinition["kind"]> = {
  [N in MetricName]: MetricTable[N]["kind"] extends K ? N : never;
}[MetricName];

/** Label values by name; a value that is not listed counts as `other`. */
export type LabelsOf<N extends MetricName> = {
  readonly [L in keyof MetricTable[N]["labels"]]: string;
};
