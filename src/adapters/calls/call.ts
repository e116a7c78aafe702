import type { Clock } from "../../kernel/clock.ts";
import type { CallOptions } from "../../ports/outside-calls.ts";
import type { CallSettings } from "./call-settings.ts";
import type { RetryBudget } from "./retry-budget.ts";

export interface CallDeps {
  readonly clock: Clock;
  /** A float in [0, 1). */
  readonly random: () => number;
}

/** What all calls of one kind share. */
export interface CallKind extends CallDeps {
  readonly settings: CallSettings;
  readonly budget: RetryBudget;
  readonly counts: { calls: number; failures: number; retries: number };
}

/** One call with everything that bounds it. */
export interface Call extends CallOptions {
  readonly id: string;
  readonly clock: Clock;
  readonly settings: CallSettings;
}
