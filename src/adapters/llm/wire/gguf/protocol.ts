import { z } from "zod";

/** Where a model of this machine lies. */
export interface ModelFile {
  /** Absolute path of a GGUF file. */
  readonly path: string;
  /** Input and output together; null for as much as the model and the memory allow, up to 16,384. */
  readonly contextTokens: number | null;
}

/** What a model is asked, as `applyPlan` leaves it; keys beside these are options of node-llama-cpp's own. */
export interface GenerateBody {
  readonly messages: readonly {
    readonly role: "system" | "user" | "model";
    readonly text: string;
  }[];
  /** JSON Schema of the object that is asked for. */
  readonly schema?: Readonly<Record<string, unknown>>;
  readonly responseFormat?: "text" | "json";
  readonly maxTokens?: number;
}

/** To the process of a model. */
export type ModelOrder =
  | { readonly do: "load"; readonly file: ModelFile }
  | { readonly do: "generate"; readonly id: number; readonly body: GenerateBody }
  | { readonly do: "abort"; readonly id: number };

/** How a question ended well. */
export interface GenerateEnd {
  readonly is: "end";
  readonly id: number;
  readonly finish: "stop" | "length" | "aborted";
  readonly inputTokens: number;
  /** Of the input, still in the context from the question before. */
  readonly keptTokens: number;
  readonly outputTokens: number;
}

/** How it ended otherwise. */
export interface GenerateFailure {
  readonly is: "failed";
  readonly id: number;
  /** The question is too long, cannot be asked in this form, or something else went wrong. */
  readonly why: "overflow" | "request" | "other";
  readonly message: string;
}

/** Why a model could not be loaded: for the library, or for the file. */
export interface Unloadable {
  readonly is: "unloadable";
  readonly why: "library" | "file";
  readonly message: string;
}

/** From the process of a model. */
export type ModelReply =
  | { readonly is: "loaded"; readonly name: string; readonly contextTokens: number }
  | Unloadable
  | { readonly is: "text"; readonly id: number; readonly text: string }
  | GenerateEnd
  | GenerateFailure;

const id = z.int();
const count = z.int().min(0);

export const replySchema: z.ZodType<ModelReply> = z.discriminatedUnion("is", [
  z.strictObject({ is: z.literal("loaded"), name: z.string(), contextTokens: count }),
  z.strictObject({
    is: z.literal("unloadable"),
    why: z.enum(["library", "file"]),
    message: z.string(),
  }),
  z.strictObject({ is: z.literal("text"), id, text: z.string() }),
  z.strictObject({
    ...{ is: z.literal("end"), id, finish: z.enum(["stop", "length", "aborted"]) },
    ...{ inputTokens: count, keptTokens: count, outputTokens: count },
  }),
  z.strictObject({
    ...{ is: z.literal("failed"), id, message: z.string() },
    why: z.enum(["overflow", "request", "other"]),
  }),
]);
