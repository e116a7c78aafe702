import * as fc from "fast-check";
import { expect, test } from "vitest";
import {
  createThinkingSplitter,
  splitOffThinking,
} from "../../../../src/adapters/llm/wire/split-thinking.ts";

/** What is heard of a text that comes in these pieces. */
function split(pieces: readonly string[]): { reasoning: string; text: string } {
  const splitter = createThinkingSplitter();
  const parts = [
    ...pieces.flatMap((delta) => splitter.take({ type: "text-delta", id: "1", delta })),
    ...splitter.end(),
  ];
  const join = (type: "reasoning-delta" | "text-delta"): string =>
    parts.map((part) => (part.type === type ? part.delta : "")).join("");
  return { reasoning: join("reasoning-delta"), text: join("text-delta") };
}

test.each([
  ["<think>two and two</think>\n\n4", { reasoning: "two and two", text: "4" }],
  ["\n<think>\na < b </thin> c\n</think>4", { reasoning: "\na < b </thin> c\n", text: "4" }],
  ["4 <think>is text here</think>", { reasoning: "", text: "4 <think>is text here</think>" }],
  ["<think>never ends", { reasoning: "never ends", text: "" }],
  ["<think>one</think>a</think>b", { reasoning: "one", text: "a</think>b" }],
  ["<thin", { reasoning: "", text: "<thin" }],
  ["<think></think>4", { reasoning: "", text: "4" }],
  ["  4", { reasoning: "", text: "  4" }],
])("%j", (text, heard) => {
  expect(split([text])).toEqual(heard);
  expect(split(text.split(/(?:)/u))).toEqual(heard);
});

test("where a stream is cut changes nothing", () => {
  const word = fc.constantFrom("<think>", "</think>", "<", "</", "think>", " ", "\n", "a", "4");
  fc.assert(
    fc.property(fc.array(word, { maxLength: 12 }), (pieces) => {
      expect(split(pieces)).toEqual(split([pieces.join("")]));
    }),
  );
});

test("other parts pass", () => {
  const part = { type: "reasoning-delta", id: "1", delta: "<think>" } as const;
  expect(createThinkingSplitter().take(part)).toEqual([part]);
});

test("thinking that the template opened is told by its end", () => {
  expect(splitOffThinking("hm\n</think>\n4")).toEqual({ reasoning: "hm\n", text: "4" });
  expect(splitOffThinking("4")).toEqual({ reasoning: "", text: "4" });
  const quoted = "the tags are <think> and </think>";
  expect(splitOffThinking(quoted)).toEqual({ reasoning: "", text: quoted });
});
