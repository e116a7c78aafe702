import type { MetricOf } from "./metrics.ts";
import type { TRIGGER_ACTIONS, TRIGGER_OUTCOMES } from "./metrics/labels.ts";

/**
 * What a server can do by itself. `hold-work`: take and start no runs until the condition has passed. `restart-run`:
 * end the processes of runs that give no sign of life, and take them up at their last checkpoint. `sweep-orphans`:
 * remove what dead processes left. `probe-sandbox`: take and start no runs until a sandbox works again. `report`:
 * nothing but a record.
 */
export type TriggerAction = (typeof TRIGGER_ACTIONS)[number];

/** When a number of the server has been above, or below, a threshold for a while, something is done about it. */
export interface TriggerRule {
  readonly name: string;
  readonly metric: MetricOf<"gauge">;
  /** Names one series of the metric. */
  readonly labels: Readonly<Record<string, string>>;
  readonly condition: "above" | "below";
  /** In the unit of the metric. */
  readonly threshold: number;
  /** How long the condition has to hold before the action, and to be gone before it is taken back, ms. */
  readonly forMs: number;
  readonly action: TriggerAction;
  /** Least time from one firing to the next, and until it is taken back, ms. */
  readonly cooldownMs: number;
  /** More firings than these in an hour are left out, and counted. */
  readonly mostPerHour: number;
}

/** Actions that only go with the metric that they are made for. */
export const BOUND_ACTIONS: Readonly<Partial<Record<TriggerAction, MetricOf<"gauge">>>> = {
  "restart-run": "regoose_run_silence_seconds",
  "probe-sandbox": "regoose_machine_failures_runs",
};

const MIB = 1024 * 1024;
const USUAL = { labels: {}, cooldownMs: 30_000, mostPerHour: 20 } as const;

/** The rules of a server that nobody configured. */
export const BUILT_IN_TRIGGERS: readonly TriggerRule[] = [
  {
    ...USUAL,
    name: "disk-short",
    metric: "regoose_disk_free_bytes",
    labels: { folder: "state" },
    // Submissions are written here before they are promised.
    condition: "below",
    threshold: 256 * MIB,
    forMs: 10_000,
    action: "hold-work",
  },
  {
    ...USUAL,
    name: "temp-short",
    metric: "regoose_disk_free_bytes",
    labels: { folder: "temporary" },
    // The work copies of one run may take as much.
    condition: "below",
    threshold: 512 * MIB,
    forMs: 10_000,
    action: "hold-work",
  },
  {
    ...USUAL,
    name: "memory-short",
    metric: "regoose_memory_available_bytes",
    condition: "below",
    threshold: 256 * MIB,
    forMs: 10_000,
    action: "hold-work",
  },
  {
    ...USUAL,
    name: "run-silent",
    metric: "regoose_run_silence_seconds",
    // A run touches its log every two seconds; parsing a large source holds that up for some more.
    condition: "above",
    threshold: 120,
    forMs: 0,
    action: "restart-run",
  },
  {
    ...USUAL,
    name: "orphans-left",
    metric: "regoose_orphans_active",
    condition: "above",
    threshold: 0,
    forMs: 60_000,
    action: "sweep-orphans",
  },
  {
    ...USUAL,
    name: "sandbox-lost",
    metric: "regoose_machine_failures_runs",
    condition: "above",
    threshold: 2,
    forMs: 0,
    action: "probe-sandbox",
    // Each firing is a probe.
    mostPerHour: 120,
  },
];

export type TriggerOutcome = (typeof TRIGGER_OUTCOMES)[number];

/** One line of the audit log. */
export interface TriggerRecord {
  /** ISO 8601, UTC. */
  readonly at: string;
  readonly rule: string;
  readonly metric: string;
  readonly labels: Readonly<Record<string, string>>;
  /** What the metric was; null where it is not known any more. */
  readonly value: number | null;
  readonly condition: "above" | "below";
  readonly threshold: number;
  readonly action: TriggerAction;
  readonly outcome: TriggerOutcome;
  /** What was done, or why it was not. */
  readonly detail: string;
}
