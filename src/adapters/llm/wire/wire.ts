import type { FinishReason } from "../../../contract/model/answer.ts";
import type { ModelMessage, ModelRequest, ModelTool } from "../../../contract/model/request.ts";
import type { TokenUsage, UsageSource } from "../../../contract/model/usage.ts";
import type { RegooseError } from "../../../kernel/errors.ts";
import type { Secret } from "../../../kernel/secret.ts";
import type { ModelKind } from "../kinds.ts";
import type { ParameterPlan } from "../parameters/plan-parameters.ts";
import type { ModelFile } from "./gguf/protocol.ts";

/** Where requests go and with which key. */
export interface Endpoint {
  readonly provider: string;
  readonly kind: ModelKind;
  /** Of kind `gguf`, and only there. */
  readonly file?: ModelFile;
  /** Null for the provider's own. */
  readonly baseUrl: string | null;
  readonly key: Secret | null;
  readonly headers: Readonly<Record<string, Secret>>;
  /** OpenAI's organisation and project. */
  readonly organization: string | null;
  readonly project: string | null;
  /** Null: as the environment says, `HTTPS_PROXY` and the like. */
  readonly proxy: Secret | null;
  /** PEM texts of further authorities. */
  readonly authorities: readonly string[];
}

/** Limits on the waits within one request, ms. */
export interface WireLimits {
  readonly connectMs: number;
  readonly firstTokenMs: number;
  readonly gapMs: number;
  readonly totalMs: number;
}

/** One request, with everything decided. */
export interface WireCall {
  readonly endpoint: Endpoint;
  readonly model: string;
  readonly messages: readonly ModelMessage[];
  readonly tools: readonly ModelTool[];
  readonly toolChoice: ModelRequest["toolChoice"];
  /** JSON Schema with a name; null for text. */
  readonly schema: {
    readonly name: string;
    readonly json: Readonly<Record<string, unknown>>;
  } | null;
  readonly plan: ParameterPlan;
  readonly limits: WireLimits;
}

export interface WireListener {
  onText(text: string): void;
  onReasoning(text: string): void;
}

/** What came of a request. */
export interface WireOutcome {
  /** Whole where there is no failure. */
  readonly text: string;
  readonly reasoning: string;
  /** `input` as JSON text. */
  readonly toolCalls: readonly {
    readonly id: string;
    readonly name: string;
    readonly input: string;
  }[];
  readonly finish: FinishReason | null;
  readonly served: string | null;
  readonly requestId: string | null;
  readonly headers: Readonly<Record<string, string>>;
  readonly usage: TokenUsage;
  readonly usageSource: UsageSource;
  readonly warnings: readonly string[];
  /** Those that say that the answer itself may be damaged. */
  readonly oddities: readonly string[];
  readonly durationMs: number;
  readonly firstTokenMs: number | null;
  readonly failure: RegooseError | null;
}
