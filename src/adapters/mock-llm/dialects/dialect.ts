/** Whose wire protocol a request speaks. */
export type DialectName = "openai" | "anthropic" | "google";

/** What the mock model says, before it becomes bytes of a protocol. */
export interface MockReply {
  readonly model: string;
  readonly text: string;
  readonly reasoning: string;
  readonly refusal: string;
  /** `input` is JSON text, so that a script can make it a broken one. */
  readonly toolCalls: readonly {
    readonly id: string;
    readonly name: string;
    readonly input: string;
  }[];
  readonly finish: "stop" | "length" | "tool-calls" | "content-filter";
  /** Null leaves it out of the answer. */
  readonly usage: MockUsage | null;
}

/** As the protocols count: reasoning is part of output, cached tokens are part of input. */
export interface MockUsage {
  readonly input: number;
  readonly output: number;
  readonly reasoning: number;
  readonly cacheRead: number;
  readonly cacheWrite: number;
}

/** What a fault changes in a stream knows what each frame carries. */
export interface Frame {
  readonly kind: "start" | "text" | "reasoning" | "tool" | "finish" | "usage" | "end" | "other";
  /** Name of the event; null where the protocol has none. */
  readonly event: string | null;
  readonly data: string;
}

/** What the mock reads of a request. */
export interface AskedFor {
  readonly model: string;
  readonly isStream: boolean;
  /** All texts of the messages, for matching. */
  readonly text: string;
  /** JSON Schema that the answer has to obey; null for none. */
  readonly schema: unknown;
  /** Names of its tools. */
  readonly tools: readonly string[];
}

export interface Dialect {
  readonly name: DialectName;
  read(path: string, body: Record<string, unknown>): AskedFor;
  toBody(reply: MockReply): unknown;
  /** Text is cut into pieces of about a token. */
  toFrames(reply: MockReply): readonly Frame[];
  toError(status: number, error: { readonly kind: string; readonly message: string }): unknown;
}

/** Cuts a text into pieces of about a token each, a word with the blank before it. */
export function toPieces(text: string): readonly string[] {
  return text.match(/\s*\S{1,12}|\s+$/gu) ?? (text === "" ? [] : [text]);
}

/** Reads texts out of whatever a protocol calls content. */
export function readTexts(value: unknown): string {
  if (typeof value === "string") return value;
  if (Array.isArray(value)) return value.map(readTexts).filter(Boolean).join("\n");
  if (typeof value !== "object" || value === null) return "";
  const { text, content, parts } = value as Record<string, unknown>;
  return [text, content, parts].map(readTexts).filter(Boolean).join("\n");
}

/** One key of an object of the wire. */
export function pick(value: unknown, ...path: readonly string[]): unknown {
  return path.reduce<unknown>(
    (at, key) =>
      typeof at === "object" && at !== null ? (at as Record<string, unknown>)[key] : undefined,
    value,
  );
}

/** The same of a list; empty where there is none. */
export function pickList(value: unknown, ...path: readonly string[]): readonly unknown[] {
  const found = pick(value, ...path);
  return Array.isArray(found) ? found : [];
}

/** Parsed JSON, or the text where a fault made it none. */
export function parseOrText(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return text;
  }
}
