import type { ErrorCode } from "../../kernel/error-table.ts";
import type { ParameterChange } from "./parameters.ts";
import type { ToolCall } from "./request.ts";
import type { AttemptCost, TokenUsage, UsageSource } from "./usage.ts";

/** Why a model stopped: it was done, hit its limit, wants tools, was held back, or said something else. */
export type FinishReason = "stop" | "length" | "tool-calls" | "content-filter" | "other";

/** A provider as configured, and a model of it. */
export interface ModelName {
  readonly provider: string;
  readonly model: string;
}

/** One request that was sent, also one that failed. The leaf of all sums of tokens and money. */
export interface ModelAttempt {
  /** From 1 within a call. */
  readonly number: number;
  readonly requested: ModelName;
  /** The model that says it answered; null where none did. */
  readonly served: string | null;
  /** Which key of the provider's, from 0; the key itself stands nowhere. */
  readonly key: number;
  readonly usage: TokenUsage;
  readonly usageSource: UsageSource;
  readonly cost: AttemptCost;
  readonly durationMs: number;
  /** Until the first token; null where none came. */
  readonly firstTokenMs: number | null;
  /** Null where it succeeded. */
  readonly failure: { readonly code: ErrorCode | null; readonly message: string } | null;
  /** The provider's own name of the request, for its support. */
  readonly requestId: string | null;
}

/** What became of a {@link ModelRequest}. */
export interface ModelAnswer<T = undefined> {
  /** Hash of what was asked: the same question has the same. */
  readonly question: string;
  readonly text: string;
  /** The parsed answer, where the request has a schema. */
  readonly object: T;
  readonly toolCalls: readonly ToolCall[];
  /** Reasoning that the provider shows; null for none. */
  readonly reasoning: string | null;
  readonly finish: FinishReason;
  readonly requested: ModelName;
  readonly served: string | null;
  readonly source: "network" | "cache" | "recording";
  /** Empty where nothing was sent now. */
  readonly attempts: readonly ModelAttempt[];
  /** Of all attempts. */
  readonly usage: TokenUsage;
  /** What was left out, renamed or changed. */
  readonly changes: readonly ParameterChange[];
  /** Sentences on what is odd about the answer, such as a count of tokens that cannot be. */
  readonly warnings: readonly string[];
  /**
   * Those that say that the answer itself may be damaged, though it was asked for twice. Such an answer is no good for anybody
   * else: no cache keeps it. @defaultValue none
   */
  readonly oddities?: readonly string[] | undefined;
}
