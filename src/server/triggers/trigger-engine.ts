import type { MetricOf } from "../../contract/metrics.ts";
import type { TriggerOutcome, TriggerRecord, TriggerRule } from "../../contract/triggers.ts";
import type { Clock } from "../../kernel/clock.ts";
import { toMessage } from "../../kernel/errors.ts";

/** What an action came to. */
export interface Fired {
  /** In words. */
  readonly detail: string;
  /** It stays in force until {@link TriggerActions.release}. */
  readonly isHeld: boolean;
}

/** What rules can have done. */
export interface TriggerActions {
  /** Does the rule's action; what it throws is told as its failure. */
  fire(rule: TriggerRule): Promise<Fired>;
  /** Takes back what is in force for the rule of this name. */
  release(name: string): void;
}

export interface TriggerDeps {
  readonly clock: Clock;
  /** One series of the server's registry; null where it has no value. */
  readonly read: (
    metric: MetricOf<"gauge">,
    labels: Readonly<Record<string, string>>,
  ) => Promise<number | null>;
  readonly actions: TriggerActions;
  /** Told of everything that a rule does, in order. */
  readonly record: (record: TriggerRecord) => Promise<void>;
}

/** Where a rule stands. */
export interface TriggerState {
  readonly rule: TriggerRule;
  /** `pending`: the condition holds, not yet for long enough. `held`: its action is in force. */
  readonly state: "quiet" | "pending" | "firing" | "held";
  readonly value: number | null;
  /** ISO 8601, UTC; null while it has not fired. */
  readonly firedAt: string | null;
}

/** Looks at rules, one look at a time. */
export interface TriggerEngine {
  /** One look at every rule. Never rejects. */
  evaluate(): Promise<void>;
  states(): readonly TriggerState[];
}

/** An action that takes longer is told as failed, ms; what it does goes on alone. */
const ACTION_LIMIT_MS = 60_000;
const HOUR_MS = 3_600_000;

interface Watch {
  readonly rule: TriggerRule;
  value: number | null;
  /** Since when the condition holds, or does not, on the monotonic scale. */
  breachedMs: number | null;
  clearedMs: number | null;
  firings: number[];
  firedAt: string | null;
  isHeld: boolean;
  /** Told once in a row. */
  isLimited: boolean;
}

/**
 * Rules as Prometheus has them: a condition that holds without a gap for a time. What is held is taken back when the
 * condition has been gone for the same time.
 */
export function createTriggerEngine(
  deps: TriggerDeps,
  rules: readonly TriggerRule[],
): TriggerEngine {
  const watches = rules.map(toWatch);
  return {
    async evaluate() {
      for (const watch of watches) await look(deps, watch);
    },
    states: () => watches.map((watch) => toState(deps.clock, watch)),
  };
}

function toWatch(rule: TriggerRule): Watch {
  return {
    rule,
    value: null,
    breachedMs: null,
    clearedMs: null,
    firings: [],
    firedAt: null,
    isHeld: false,
    isLimited: false,
  };
}

async function look(deps: TriggerDeps, watch: Watch): Promise<void> {
  const { rule } = watch;
  watch.value = await deps.read(rule.metric, rule.labels).catch(() => null);
  const nowMs = deps.clock.monotonic();
  // What is not known is no reason to act, and none to take an action back.
  if (watch.value === null) {
    watch.breachedMs = null;
    watch.clearedMs = null;
    return;
  }
  if (isBreached(rule, watch.value)) {
    watch.clearedMs = null;
    watch.breachedMs ??= nowMs;
    if (nowMs - watch.breachedMs >= rule.forMs) await onDue(deps, watch, nowMs);
    return;
  }
  watch.breachedMs = null;
  watch.clearedMs ??= nowMs;
  watch.isLimited = false;
  if (isResting(watch, nowMs) || nowMs - watch.clearedMs < rule.forMs) return;
  // Also where the action failed half-way: what it may have left in force must not stay.
  deps.actions.release(rule.name);
  if (!watch.isHeld) return;
  watch.isHeld = false;
  await tell(deps, watch, "released", "the condition has passed");
}

function isBreached({ condition, threshold }: TriggerRule, value: number): boolean {
  return condition === "above" ? value > threshold : value < threshold;
}

async function onDue(deps: TriggerDeps, watch: Watch, nowMs: number): Promise<void> {
  const { rule } = watch;
  // What holds already has nothing to add; a probe looks again.
  if (watch.isHeld && rule.action === "hold-work") return;
  if (isResting(watch, nowMs)) return;
  watch.firings = watch.firings.filter((firedMs) => nowMs - firedMs < HOUR_MS);
  if (watch.firings.length >= rule.mostPerHour) {
    if (!watch.isLimited) {
      await tell(deps, watch, "limited", `it has fired ${rule.mostPerHour} times in an hour`);
    }
    watch.isLimited = true;
    return;
  }
  watch.isLimited = false;
  watch.firings.push(nowMs);
  watch.firedAt = new Date(deps.clock.now()).toISOString();
  try {
    const { detail, isHeld } = await withinLimit(deps.clock, deps.actions.fire(rule));
    watch.isHeld = isHeld;
    await tell(deps, watch, "done", detail);
  } catch (failure) {
    await tell(deps, watch, "failed", toMessage(failure));
  }
}

function isResting({ rule, firings }: Watch, nowMs: number): boolean {
  return nowMs - (firings.at(-1) ?? Number.NEGATIVE_INFINITY) < rule.cooldownMs;
}

async function withinLimit<T>(clock: Clock, work: Promise<T>): Promise<T> {
  const over = new AbortController();
  const limit = clock.sleep(ACTION_LIMIT_MS, over.signal).then(() => {
    throw new Error(`it takes longer than ${ACTION_LIMIT_MS / 1_000} s`);
  });
  try {
    return await Promise.race([work, limit]);
  } finally {
    limit.catch(() => undefined);
    over.abort(new Error("the action has ended"));
  }
}

async function tell(
  deps: TriggerDeps,
  { rule, value }: Watch,
  outcome: TriggerOutcome,
  detail: string,
): Promise<void> {
  const { name, metric, labels, condition, threshold, action } = rule;
  const at = new Date(deps.clock.now()).toISOString();
  const facts = { at, rule: name, metric, labels, value, condition, threshold };
  await deps.record({ ...facts, action, outcome, detail });
}

/** How long a firing is shown, ms. */
const SHOWN_MS = 600_000;

function toState(clock: Clock, watch: Watch): TriggerState {
  const { rule, value, firedAt, isHeld, breachedMs, firings } = watch;
  const lastMs = firings.at(-1);
  const isRecent = lastMs !== undefined && clock.monotonic() - lastMs < SHOWN_MS;
  const state = isHeld ? "held" : isRecent ? "firing" : breachedMs === null ? "quiet" : "pending";
  return { rule, state, value, firedAt };
}
