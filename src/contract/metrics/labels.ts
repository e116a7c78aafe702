import type { ErrorClass } from "../../kernel/error-table.ts";
import { LANGUAGE_RUNNERS } from "../language.ts";
import { RUNNERS, type AnyRunner } from "../project.ts";

export const ERROR_CLASSES: readonly (ErrorClass | "none")[] = [
  "none",
  "transient",
  "rate-limited",
  "permanent",
  "configuration",
  "user",
  "defect",
  "cancelled",
];

export const ACTIONS = [
  "prepare-project",
  "measure-baseline",
  "propose-tests",
  "admit-tests",
  "ask-models",
  "prove-suite",
  "write-suite",
  "analyse-code",
  "plan-changes",
  "characterise-code",
  "edit-code",
  "validate-code",
  "report-changes",
] as const;
export const OUTCOMES = ["succeeded", "degraded", "cancelled", "failed"] as const;
/** Sandboxes as reports name them. */
export const BACKENDS = ["bubblewrap", "node-permission"] as const;
export const PROCESS_ENDS = [
  "exited",
  "signalled",
  "timed-out",
  "output-exceeded",
  "memory-exceeded",
  "cancelled",
  "failed",
] as const;
export const RUN_MODES = ["plain", "coverage", "mutant-coverage", "mutants"] as const;
/** Also those of other languages; `command` is whatever the user named. */
export const TEST_RUNNERS: readonly AnyRunner[] = [...RUNNERS, ...LANGUAGE_RUNNERS];
export const RUN_ENDS = ["finished", "timed-out", "killed", "broken", "failed"] as const;
/** Kinds of model providers; the names that users give them are free. */
export const PROVIDERS = [
  "openai",
  "deepseek",
  "anthropic",
  "google",
  "openai-compatible",
  "gguf",
] as const;
/** `runs`: a server's own breaker around its runs. */
export const CALLS = ["sandbox", "project files", "runs"] as const;
/** `models …`: those of the keys of models of a kind. */
export const BREAKERS: readonly string[] = [...CALLS, ...PROVIDERS.map((kind) => `models ${kind}`)];
export const BREAKER_STATES = ["closed", "open", "half-open"] as const;
export const MEMORY_KINDS = ["rss", "heap-used", "heap-total", "external"] as const;
export const LAG_KINDS = ["mean", "p99", "max"] as const;

/** Cached tokens are part of the input, reasoning is part of the output. */
export const TOKEN_KINDS = ["input", "cache-read", "cache-write", "output", "reasoning"] as const;
export const SERVER_STATES = ["starting", "taking", "held", "stopping", "broken"] as const;
/** Names of the built-in rules; those that a user adds count as others. */
export const TRIGGER_RULES = [
  "disk-short",
  "temp-short",
  "memory-short",
  "run-silent",
  "orphans-left",
  "sandbox-lost",
] as const;
export const TRIGGER_ACTIONS = [
  "hold-work",
  "restart-run",
  "sweep-orphans",
  "probe-sandbox",
  "report",
] as const;
/** What became of a rule that was due. `limited`: too soon, or too often. */
export const TRIGGER_OUTCOMES = ["done", "failed", "limited", "released"] as const;
/** What became of a changed configuration. */
export const RELOAD_OUTCOMES = ["applied", "refused"] as const;
export const HTTP_ROUTES = [
  "/livez",
  "/readyz",
  "/startupz",
  "/health",
  "/metrics",
  "/api/v1/config",
  "/api/v1/config/events",
  "/api/v1/runs",
  "/api/v1/runs/:id",
  "/api/v1/runs/:id/cancel",
  "/api/v1/runs/:id/events",
] as const;
export const HTTP_STATUSES = ["2xx", "3xx", "4xx", "5xx"] as const;

/** Upper bounds of a histogram of seconds. */
export const SECONDS: readonly number[] = [
  0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30, 60, 120, 300, 900,
];
