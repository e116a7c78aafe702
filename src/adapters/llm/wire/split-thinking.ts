import type { LanguageModelV4StreamPart } from "@ai-sdk/provider";

const OPEN = "<think>";
const CLOSE = "</think>";

/** Tells what a model thought from what it says, where it writes both into its text. */
export interface ThinkingSplitter {
  /** The parts to hear in place of this one. */
  take(part: LanguageModelV4StreamPart): readonly LanguageModelV4StreamPart[];
  /** What was held back when the stream ended. */
  end(): readonly LanguageModelV4StreamPart[];
}

/**
 * Models on one's own machine think between `<think>` and `</think>` at the start of their text, and servers hand that
 * on as it comes. A tag further down is the answer's own. What may become a tag is held back until it is clear.
 */
export function createThinkingSplitter(): ThinkingSplitter {
  let state: "start" | "thinking" | "after" | "text" = "start";
  let held = "";

  const flow = (text: string): LanguageModelV4StreamPart[] => {
    held += text;
    if (state === "start") {
      const said = held.trimStart();
      if (OPEN.startsWith(said)) return [];
      if (!said.startsWith(OPEN)) state = "text";
      else {
        state = "thinking";
        held = said.slice(OPEN.length);
      }
    }
    if (state === "thinking") {
      const at = held.indexOf(CLOSE);
      if (at < 0) return release("reasoning-delta", countTail(held, CLOSE));
      const rest = held.slice(at + CLOSE.length);
      held = held.slice(0, at);
      const thought = release("reasoning-delta", 0);
      state = "after";
      held = rest;
      return [...thought, ...flow("")];
    }
    if (state === "after") {
      held = held.trimStart();
      if (held === "") return [];
      state = "text";
    }
    return release("text-delta", 0);
  };

  const release = (
    type: "text-delta" | "reasoning-delta",
    keep: number,
  ): LanguageModelV4StreamPart[] => {
    const delta = held.slice(0, held.length - keep);
    held = held.slice(held.length - keep);
    return delta === "" ? [] : [{ type, id: "split", delta }];
  };

  return {
    take: (part) => (part.type === "text-delta" ? flow(part.delta) : [part]),
    end: () => release(state === "thinking" ? "reasoning-delta" : "text-delta", 0),
  };
}

/** Characters at the end of `text` that may be the beginning of `tag`. */
function countTail(text: string, tag: string): number {
  for (let count = Math.min(text.length, tag.length - 1); count > 0; count -= 1) {
    if (tag.startsWith(text.slice(-count))) return count;
  }
  return 0;
}

/**
 * Some templates open the thinking themselves, so that only its end stands in the text: known once all of it is there.
 */
export function splitOffThinking(text: string): {
  readonly reasoning: string;
  readonly text: string;
} {
  const at = text.indexOf(CLOSE);
  if (at < 0 || text.slice(0, at).includes(OPEN)) return { reasoning: "", text };
  return { reasoning: text.slice(0, at), text: text.slice(at + CLOSE.length).trimStart() };
}
