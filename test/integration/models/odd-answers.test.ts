import { describe, expect, test } from "vitest";

import { openAnswerStore } from "../../../src/adapters/llm/router/answer-store.ts";
import { aCandidate, aFolder, aRouter, HELLO, listen, signal } from "./router-bench.ts";
import { aMock } from "./wire-bench.ts";

const TEXT = "one two three four five six seven eight nine ten";
const CALL = { name: "read_file", input: { path: "a" } };
const TOOL = {
  name: "read_file",
  description: "reads",
  inputSchema: { type: "object", properties: { path: { type: "string" } } },
};

describe.each(["openai", "anthropic", "google"] as const)("a damaged answer of %s", (kind) => {
  test("is asked for again, and the whole one is kept", async () => {
    const mock = await aMock({
      answers: [{ text: TEXT }],
      faults: [{ fault: "duplicate-frames", when: { requests: [1] } }],
    });
    const cache = openAnswerStore(await aFolder());
    const router = aRouter([aCandidate(mock, kind)], { cache });
    const heard = listen();
    const answer = await router.generate(HELLO, { signal, onEvent: heard.onEvent });
    expect(answer).toMatchObject({ text: TEXT, source: "network" });
    expect(answer.oddities).toBeUndefined();
    expect(heard.text()).toBe(TEXT);
    expect(answer.attempts).toHaveLength(2);
    const again = await router.generate(HELLO, { signal });
    expect(again).toMatchObject({ text: TEXT, source: "cache" });
  });

  test("that comes again is taken with a warning, and counts for nobody else", async () => {
    const mock = await aMock({
      answers: [{ text: TEXT }],
      faults: [{ fault: "duplicate-frames" }],
    });
    const cache = openAnswerStore(await aFolder());
    const store = openAnswerStore(await aFolder());
    const recording = { store, mode: "record" } as const;
    const router = aRouter([aCandidate(mock, kind)], { cache, recording });
    const answer = await router.generate(HELLO, { signal });
    expect(answer.oddities?.join()).toContain("come twice");
    expect(answer.warnings.join()).toContain("come twice");
    expect(mock.requests).toHaveLength(2);
    mock.play({ answers: [{ text: TEXT }] });
    const later = await router.generate(HELLO, { signal });
    expect(later).toMatchObject({ text: TEXT, source: "network" });
    // From here on the whole one is the recorded one.
    expect(await router.generate(HELLO, { signal })).toMatchObject({ source: "recording" });
  });

  test("with a call that came twice makes the call once, asked for again", async () => {
    const mock = await aMock({
      answers: [{ toolCalls: [CALL] }],
      faults: [{ fault: "duplicate-tool-call", when: { requests: [1] } }],
    });
    const router = aRouter([aCandidate(mock, kind)]);
    const answer = await router.generate({ ...HELLO, tools: [TOOL] }, { signal });
    expect(answer.toolCalls).toMatchObject([CALL]);
    expect(answer.oddities).toBeUndefined();
    expect(mock.requests).toHaveLength(2);
  });
});
