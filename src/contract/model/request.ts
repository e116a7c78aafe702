import type { z } from "zod";
import type { ModelParameters } from "./parameters.ts";

/** Who asks. Parameters can be set for each, and models, which name the provider and so the account. */
export const MODEL_ROLES = [
  "explorer",
  "oracle",
  "mutant",
  "repair",
  "judge",
  "planner",
  "editor",
  "check",
] as const;

export type ModelRole = (typeof MODEL_ROLES)[number];

/** What a request may need of a model. A fallback never goes to a model that lacks one. */
export const CAPABILITIES = ["tools", "json", "schema", "reasoning", "logprobs"] as const;

export type Capability = (typeof CAPABILITIES)[number];

/** A tool that the model asks to call. */
export interface ToolCall {
  readonly id: string;
  readonly name: string;
  /** Parsed JSON. */
  readonly input: unknown;
}

export type ModelMessage =
  | { readonly role: "system" | "user"; readonly text: string }
  | { readonly role: "assistant"; readonly text: string; readonly toolCalls?: readonly ToolCall[] }
  | {
      readonly role: "tool";
      readonly callId: string;
      readonly name: string;
      readonly result: string;
    };

export interface ModelTool {
  readonly name: string;
  readonly description: string;
  /** JSON Schema of an object. */
  readonly inputSchema: Readonly<Record<string, unknown>>;
}

/** Where a broken stream may be taken up: after a whole line, or after a whole fenced code block. */
export type ResumeUnit = "line" | "fence";

/** One question to a model. */
export interface ModelRequest<T = undefined> {
  readonly role: ModelRole;
  readonly messages: readonly ModelMessage[];
  /** Win over those of configuration. */
  readonly parameters?: ModelParameters | undefined;
  readonly tools?: readonly ModelTool[] | undefined;
  readonly toolChoice?: "auto" | "none" | "required" | undefined;
  /** Asks for an object of this schema; without one the answer is text. */
  readonly answer?: { readonly name: string; readonly schema: z.ZodType<T> } | undefined;
  /**
   * Beside those that `tools` and `answer` need anyway. What the parameters ask for counts where any model has it, and
   * is left to the policy else.
   */
  readonly needs?: readonly Capability[] | undefined;
  /** Provider, or `provider/model`, to ask in place of the configured ones; no other is taken then. */
  readonly model?: string | undefined;
  /** Who goes first where calls have to wait. @defaultValue `batch` */
  readonly priority?: "interactive" | "batch" | undefined;
  /** Tells otherwise equal questions apart, so that a quorum gets as many answers. @defaultValue 0 */
  readonly sample?: number | undefined;
  /** Each sample begins with another of the models that may answer, where there are several. @defaultValue false */
  readonly spreads?: boolean | undefined;
  /** Without one a broken stream begins again from nothing. */
  readonly unit?: ResumeUnit | undefined;
}
