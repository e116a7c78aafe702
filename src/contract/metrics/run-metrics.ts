import { REJECTION_REASONS } from "../candidate.ts";
import type { Counter, Gauge, Histogram } from "./definition.ts";
import {
  ACTIONS,
  BACKENDS,
  BREAKERS,
  BREAKER_STATES,
  CALLS,
  ERROR_CLASSES,
  LAG_KINDS,
  MEMORY_KINDS,
  OUTCOMES,
  PROCESS_ENDS,
  PROVIDERS,
  RUN_ENDS,
  RUN_MODES,
  SECONDS,
  TEST_RUNNERS,
  TOKEN_KINDS,
} from "./labels.ts";

/** What a run measures. */
export interface RunMetricTable {
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
  readonly regoose_model_calls_total: Counter<"provider" | "outcome">;
  readonly regoose_model_tokens_total: Counter<"provider" | "kind">;
  readonly regoose_model_cost_usd_total: Counter<"provider">;
  readonly regoose_model_call_duration_seconds: Histogram<"provider">;
  readonly regoose_model_first_token_seconds: Histogram<"provider">;
  readonly regoose_model_answers_total: Counter<"source">;
  readonly regoose_model_fallbacks_total: Counter<"provider" | "class">;
  readonly regoose_model_hedges_total: Counter<"provider" | "outcome">;
  readonly regoose_model_breaker_transitions_total: Counter<"provider" | "state">;
  readonly regoose_call_retries_total: Counter<"call">;
  readonly regoose_breaker_state: Gauge<"call" | "state">;
  readonly regoose_process_memory_bytes: Gauge<"kind">;
  readonly regoose_process_cpu_seconds: Gauge<"kind">;
  readonly regoose_eventloop_lag_seconds: Gauge<"kind">;
  readonly regoose_telemetry_dropped_total: Counter<"signal">;
}

export const RUN_METRICS: RunMetricTable = {
  regoose_runs_total: {
    kind: "counter",
    scope: "each",
    help: "Runs that ended",
    labels: { outcome: OUTCOMES },
  },
  regoose_run_duration_seconds: {
    kind: "histogram",
    scope: "each",
    help: "Wall time of runs",
    labels: { outcome: OUTCOMES },
    buckets: SECONDS,
  },
  regoose_actions_total: {
    kind: "counter",
    scope: "summed",
    help: "Attempts at Actions",
    labels: { action: ACTIONS, outcome: ["succeeded", "failed"], class: ERROR_CLASSES },
  },
  regoose_action_duration_seconds: {
    kind: "histogram",
    scope: "summed",
    help: "Wall time of attempts at Actions",
    labels: { action: ACTIONS, outcome: ["succeeded", "failed"] },
    buckets: SECONDS,
  },
  regoose_retries_total: {
    kind: "counter",
    scope: "summed",
    help: "Attempts that were begun because one before had failed",
    labels: { action: ACTIONS },
  },
  regoose_search_executions_total: {
    kind: "counter",
    scope: "summed",
    help: "Programs that the search executed",
    labels: {},
  },
  regoose_search_jobs_total: {
    kind: "counter",
    scope: "summed",
    help: "Search processes",
    labels: {
      job: ["coverage", "mutation", "measure", "shrink", "record"],
      outcome: ["done", "lost", "failed"],
    },
  },
  regoose_tests_admitted_total: {
    kind: "counter",
    scope: "summed",
    help: "Tests that entered a suite",
    labels: {},
  },
  regoose_tests_rejected_total: {
    kind: "counter",
    scope: "summed",
    help: "Candidates that did not, by their one reason",
    labels: { reason: REJECTION_REASONS },
  },
  regoose_sandboxes_total: {
    kind: "counter",
    scope: "summed",
    help: "Sandboxes by what became of them",
    labels: { backend: BACKENDS, event: ["created", "failed", "disposed"] },
  },
  regoose_sandboxes_active: {
    kind: "gauge",
    scope: "run",
    help: "Sandboxes that are not disposed",
    labels: {},
  },
  regoose_sandbox_processes_total: {
    kind: "counter",
    scope: "summed",
    help: "Processes in sandboxes by how they ended",
    labels: { backend: BACKENDS, end: PROCESS_ENDS },
  },
  regoose_sandbox_process_duration_seconds: {
    kind: "histogram",
    scope: "summed",
    help: "Wall time of processes in sandboxes",
    labels: { backend: BACKENDS },
    buckets: SECONDS,
  },
  regoose_test_runs_total: {
    kind: "counter",
    scope: "summed",
    help: "Runs of the user's test runner",
    labels: { runner: TEST_RUNNERS, mode: RUN_MODES, end: RUN_ENDS },
  },
  regoose_test_run_duration_seconds: {
    kind: "histogram",
    scope: "summed",
    help: "Wall time of runs of the user's test runner",
    labels: { mode: RUN_MODES },
    buckets: SECONDS,
  },
  regoose_model_calls_total: {
    kind: "counter",
    scope: "summed",
    help: "Calls of model providers by how they ended",
    labels: { provider: PROVIDERS, outcome: ["succeeded", ...ERROR_CLASSES.slice(1)] },
  },
  regoose_model_tokens_total: {
    kind: "counter",
    scope: "summed",
    help: "Tokens as model providers counted them; cached ones are part of the input, reasoning of the output",
    labels: { provider: PROVIDERS, kind: TOKEN_KINDS },
  },
  regoose_model_cost_usd_total: {
    kind: "counter",
    scope: "summed",
    help: "What calls of models cost by the price table, failed ones too",
    labels: { provider: PROVIDERS },
  },
  regoose_model_call_duration_seconds: {
    kind: "histogram",
    scope: "summed",
    help: "From a request to the end of its answer, waits for a turn left out",
    labels: { provider: PROVIDERS },
    buckets: SECONDS,
  },
  regoose_model_first_token_seconds: {
    kind: "histogram",
    scope: "summed",
    help: "From a request to its first token",
    labels: { provider: PROVIDERS },
    buckets: SECONDS,
  },
  regoose_model_answers_total: {
    kind: "counter",
    scope: "summed",
    help: "Answers of models by where they came from",
    labels: { source: ["network", "cache", "recording"] },
  },
  regoose_model_fallbacks_total: {
    kind: "counter",
    scope: "summed",
    help: "Calls that went on to another model, by the one that they left and the class of its failure",
    labels: { provider: PROVIDERS, class: ERROR_CLASSES.slice(1) },
  },
  regoose_model_hedges_total: {
    kind: "counter",
    scope: "summed",
    help: "Second requests beside one that did not begin to answer, by whether the second one was heard",
    labels: { provider: PROVIDERS, outcome: ["won", "lost"] },
  },
  regoose_model_breaker_transitions_total: {
    kind: "counter",
    scope: "summed",
    help: "Times that the circuit breaker of a model entered a state",
    labels: { provider: PROVIDERS, state: BREAKER_STATES },
  },
  regoose_call_retries_total: {
    kind: "counter",
    scope: "summed",
    help: "Calls out of the process that were tried again",
    labels: { call: CALLS },
  },
  regoose_breaker_state: {
    kind: "gauge",
    scope: "latest",
    help: "Circuit breakers of a call by the state that they were in at last; a call has one, a model one for each key",
    labels: { call: BREAKERS, state: BREAKER_STATES },
  },
  regoose_process_memory_bytes: {
    kind: "gauge",
    scope: "each",
    help: "Memory of this process",
    labels: { kind: MEMORY_KINDS },
  },
  regoose_process_cpu_seconds: {
    kind: "gauge",
    scope: "each",
    help: "Processor time of this process, children left out",
    labels: { kind: ["user", "system"] },
  },
  regoose_eventloop_lag_seconds: {
    kind: "gauge",
    scope: "each",
    help: "Delay of this process's event loop: since it began, in a server over the last minute or two",
    labels: { kind: LAG_KINDS },
  },
  regoose_telemetry_dropped_total: {
    kind: "counter",
    scope: "summed",
    help: "Lines and spans that were left out rather than hold anything up",
    labels: { signal: ["log", "span", "otlp", "audit"] },
  },
};
