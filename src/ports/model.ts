import type { ModelAnswer, ModelAttempt, ModelName } from "../contract/model/answer.ts";
import type { ParameterChange } from "../contract/model/parameters.ts";
import type { Capability, ModelRequest } from "../contract/model/request.ts";
import type { Deadline } from "../kernel/clock.ts";
import type { ErrorCode } from "../kernel/error-table.ts";
import type { BreakerState } from "./outside-calls.ts";

/** What a listener hears while a model answers, in order. */
export type ModelEvent =
  | {
      readonly name: "attempt-start";
      readonly number: number;
      readonly model: ModelName;
      /** It goes beside the first one, which has not begun to answer. @defaultValue false */
      readonly isHedge?: boolean;
      /** What was done to parameters before they were sent. @defaultValue none */
      readonly changes?: readonly ParameterChange[];
    }
  | { readonly name: "text-delta"; readonly text: string }
  | { readonly name: "reasoning-delta"; readonly text: string }
  /** The stream broke: what was heard counts up to `keptLength` characters of all text, the rest comes anew. */
  | { readonly name: "text-reset"; readonly keptLength: number }
  | { readonly name: "attempt-end"; readonly attempt: ModelAttempt }
  /** The call goes on to another model, for what the one before failed with or would not be asked for. */
  | {
      readonly name: "fallback";
      readonly from: ModelName;
      readonly to: ModelName;
      readonly code: ErrorCode;
    };

export interface ModelCallOptions {
  readonly signal: AbortSignal;
  /** Bounds queue, waits and all attempts together. @defaultValue that of the configuration */
  readonly deadline?: Deadline | undefined;
  /** Called as things happen; must not throw. */
  readonly onEvent?: ((event: ModelEvent) => void) | undefined;
}

/** A model that may be asked. */
export interface ModelState extends ModelName {
  readonly capabilities: readonly Capability[];
  /** Input and output together; null where it is not known. */
  readonly contextTokens: number | null;
  readonly breaker: BreakerState;
  /** When it may be asked again after it asked for patience, ms from now; 0 for now. */
  readonly waitMs: number;
}

/**
 * Language models behind one door. An answer is whole and checked: it parsed against the schema that was asked for,
 * its stream had an end, and what the providers reported is summed to the token.
 */
export interface ModelPort {
  /**
   * Asks, falls back and waits as configured.
   * @throws KeyRejected (RGS-4001), NoModel (RGS-4002), ModelRequestRejected (RGS-4003), ParameterRefused (RGS-4004), ModelGone
   * (RGS-4005), ContextOverflow (RGS-4006), ModelRateLimited (RGS-4007), ProviderDown (RGS-4008), ModelTimedOut (RGS-4009),
   * StreamBroken (RGS-4010), AnswerMalformed (RGS-4011), AnswerInvalid (RGS-4012), AnswerEmpty (RGS-4013), AnswerRefused (RGS-4014),
   * AnswerCut (RGS-4015), BudgetReached (RGS-4016), QuotaExhausted (RGS-4017), CapabilityMissing (RGS-4018), and the signal's reason
   */
  generate<T = undefined>(
    request: ModelRequest<T>,
    options: ModelCallOptions,
  ): Promise<ModelAnswer<T>>;
  /** The models that may be asked, in the order in which they are. */
  models(): readonly ModelState[];
}
