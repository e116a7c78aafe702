import { type AskedFor, type MockReply, toPieces } from "./dialects/dialect.ts";
import type { ScriptedAnswer } from "./script.ts";

/** Makes the reply to a request from the script, or one of its own where the script has none. */
export function composeReply(asked: AskedFor, answer: ScriptedAnswer | undefined): MockReply {
  const toolCalls = (answer?.toolCalls ?? []).map(({ name, input }, index) => ({
    id: `call_${index + 1}`,
    name,
    input: JSON.stringify(input),
  }));
  const text = toText(asked, answer);
  const reasoning = answer?.reasoning ?? "";
  const spoken = [text, ...toolCalls.map(({ input }) => input)];
  return {
    model: asked.model,
    text,
    reasoning,
    refusal: "",
    toolCalls,
    finish: toolCalls.length > 0 ? "tool-calls" : (answer?.finish ?? "stop"),
    usage: answer?.usage ?? {
      input: countRoughly(asked.text),
      output: [...spoken, reasoning].reduce((sum, one) => sum + countRoughly(one), 0),
      reasoning: countRoughly(reasoning),
      cacheRead: 0,
      cacheWrite: 0,
    },
  };
}

function toText({ schema, text, model }: AskedFor, answer: ScriptedAnswer | undefined): string {
  if (answer?.text !== undefined) return answer.text;
  if (answer?.json !== undefined) return JSON.stringify(answer.json);
  if (answer !== undefined && answer.toolCalls.length > 0) return "";
  if (schema !== null) return JSON.stringify(toExample(schema));
  return `${model} heard: ${text.split("\n").at(-1)?.slice(0, 200) ?? ""}`;
}

/** One token a piece of a stream. */
function countRoughly(text: string): number {
  return toPieces(text).length;
}

/** A small value that a JSON Schema allows, for its everyday parts. */
function toExample(schema: unknown): unknown {
  if (typeof schema !== "object" || schema === null) return null;
  const {
    type,
    properties,
    items,
    enum: choices,
    const: fixed,
    anyOf,
    minItems,
  } = schema as {
    readonly type?: string | readonly string[];
    readonly properties?: Readonly<Record<string, unknown>>;
    readonly items?: unknown;
    readonly enum?: readonly unknown[];
    readonly const?: unknown;
    readonly anyOf?: readonly unknown[];
    readonly minItems?: number;
  };
  if (fixed !== undefined) return fixed;
  if (choices !== undefined) return choices[0];
  if (anyOf !== undefined) return toExample(anyOf[0]);
  switch (typeof type === "string" ? type : type?.[0]) {
    case "object":
      return Object.fromEntries(
        Object.entries(properties ?? {}).map(([key, one]) => [key, toExample(one)]),
      );
    case "array":
      return Array.from({ length: minItems ?? 0 }, () => toExample(items));
    case "string":
      return "text";
    case "integer":
    case "number":
      return 1;
    case "boolean":
      return true;
    default:
      return null;
  }
}
