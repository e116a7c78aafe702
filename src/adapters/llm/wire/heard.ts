import type { LanguageModelV4StreamPart, LanguageModelV4Usage } from "@ai-sdk/provider";
import type { FinishReason } from "../../../contract/model/answer.ts";
import type { RegooseError } from "../../../kernel/errors.ts";
import { toStreamError } from "../classify.ts";
import { createModelError, type RequestFacts } from "../errors.ts";
import type { Watchdog } from "./watchdog.ts";
import type { WireListener, WireOutcome } from "./wire.ts";

/** What a stream has said so far. */
export interface Heard {
  text: string;
  reasoning: string;
  toolCalls: WireOutcome["toolCalls"];
  finish: FinishReason | null;
  usage: LanguageModelV4Usage | null;
  served: string | null;
  /** Pieces of text, reasoning and tool arguments. */
  pieces: number;
  /** Sentences that say that what was heard may not be what was said. */
  readonly oddities: string[];
}

export function createHeard(): Heard {
  return {
    text: "",
    reasoning: "",
    toolCalls: [],
    finish: null,
    usage: null,
    served: null,
    pieces: 0,
    oddities: [],
  };
}

/** Takes one part in; throws where it is an error. */
export function hear(
  heard: Heard,
  part: LanguageModelV4StreamPart,
  facts: RequestFacts,
  watchdog: Watchdog,
  listener: WireListener,
): void {
  switch (part.type) {
    case "text-delta":
      if (part.delta === "") return;
      watchdog.noteToken();
      heard.pieces += 1;
      heard.text += part.delta;
      listener.onText(part.delta);
      return;
    case "reasoning-delta":
      if (part.delta === "") return;
      watchdog.noteToken();
      heard.pieces += 1;
      heard.reasoning += part.delta;
      listener.onReasoning(part.delta);
      return;
    case "tool-input-delta":
      watchdog.noteToken();
      heard.pieces += 1;
      return;
    case "tool-call": {
      watchdog.noteToken();
      const { toolCallId: id, toolName: name, input } = part;
      addToolCall(heard, { id, name, input });
      return;
    }
    case "response-metadata":
      heard.served = part.modelId ?? heard.served;
      return;
    case "raw":
      heard.served ??= readServed(part.rawValue);
      return;
    case "error":
      throw toStreamError(facts, part.error);
    case "finish":
      heard.usage = part.usage;
      heard.finish = toFinish(part.finishReason, facts);
      return;
    default:
      return;
  }
}

/** Google's library does not hand it on. */
function readServed(raw: unknown): string | null {
  if (typeof raw !== "object" || raw === null || !("modelVersion" in raw)) return null;
  return typeof raw.modelVersion === "string" ? raw.modelVersion : null;
}

/**
 * The same call twice in one answer is one call (F19): nobody may be made to do a thing twice by a stutter. The
 * library gives a repeated id another one, so name and arguments are what tells.
 */
function addToolCall(heard: Heard, call: WireOutcome["toolCalls"][number]): void {
  const isTwice = heard.toolCalls.some(
    ({ name, input }) => name === call.name && input === call.input,
  );
  if (isTwice) heard.oddities.push(`the same call of ${call.name} came twice and counts once`);
  else heard.toolCalls = [...heard.toolCalls, call];
}

function toFinish(
  { unified, raw }: Extract<LanguageModelV4StreamPart, { type: "finish" }>["finishReason"],
  facts: RequestFacts,
): FinishReason {
  // Some libraries call it `other` where the stream ended before the provider gave a reason.
  const hasEnd = unified !== "other" || raw !== undefined;
  if (unified === "interrupted" || unified === "error" || !hasEnd)
    throw createModelError("RGS-4010", facts, "ended its stream without the end of an answer");
  return unified;
}

/** What is wrong with an answer that came to its end; null for nothing. */
export function findAnswerProblem(heard: Heard, facts: RequestFacts): RegooseError | null {
  const { finish, text, toolCalls } = heard;
  if (finish === null)
    return createModelError("RGS-4010", facts, "ended its stream without the end of an answer");
  if (finish === "content-filter") {
    const said = text === "" ? "" : `: ${text.slice(0, 200)}`;
    return createModelError("RGS-4014", facts, `refused to answer${said}`);
  }
  const broken = toolCalls.find(({ input }) => !isJsonObject(input));
  if (broken !== undefined)
    return createModelError(
      finish === "length" ? "RGS-4015" : "RGS-4011",
      facts,
      `sent arguments of the tool ${broken.name} that are no JSON object`,
    );
  if (text.trim() !== "" || toolCalls.length > 0) return null;
  return finish === "length"
    ? createModelError("RGS-4015", facts, "met the limit on output tokens before its first word")
    : createModelError("RGS-4013", facts, "answered with nothing");
}

function isJsonObject(text: string): boolean {
  try {
    const value: unknown = JSON.parse(text === "" ? "{}" : text);
    return typeof value === "object" && value !== null && !Array.isArray(value);
  } catch {
    return false;
  }
}
