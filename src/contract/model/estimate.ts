import type { ModelRole } from "./request.ts";

/** Calls of one kind that a run means to make. */
export interface PlannedCalls {
  readonly role: ModelRole;
  readonly calls: number;
  /** Of each call; cached input counts as any other. */
  readonly inputTokens: number;
  /** Of each call, reasoning included. */
  readonly outputTokens: number;
  /** Provider, or `provider/model`. @defaultValue the first that is configured */
  readonly model?: string | undefined;
}

/** What planned calls of one kind come to. */
export interface PlannedCost extends Omit<PlannedCalls, "model"> {
  readonly provider: string;
  readonly model: string;
  /** Decimal text, of all its calls; null where the model has no price. */
  readonly usd: string | null;
}

/** What a run may cost. Nothing is sent for it: it is the plan, multiplied with the price table. */
export interface CostEstimate {
  readonly calls: number;
  readonly inputTokens: number;
  readonly outputTokens: number;
  /** Decimal text; null where the price of a model that is planned for is not known. */
  readonly usd: string | null;
  /** Names the price table: its date, and whether the user's own prices count. */
  readonly prices: string;
  readonly parts: readonly PlannedCost[];
}
