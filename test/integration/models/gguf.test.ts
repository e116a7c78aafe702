import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, describe, expect, test } from "vitest";
import { z } from "zod";
import { HAS_LLAMA } from "../../../scripts/gguf/scripted-model.ts";
import type { ModelParameters } from "../../../src/contract/model/parameters.ts";
import { createModelProcesses } from "../../../src/adapters/llm/wire/gguf/model-processes.ts";
import type { ModelPort } from "../../../src/ports/model.ts";
import { aGgufRouter, aModelFile, countTokens, PIECES, TEXT } from "./gguf-bench.ts";
import { HELLO, listen, signal } from "./router-bench.ts";
import { clock } from "./wire-bench.ts";

/** Each file is loaded once, and asked by all tests that need it. */
const processes = createModelProcesses({ clock });
const folder = mkdtempSync(join(tmpdir(), "regoose-gguf-"));

afterAll(async () => {
  await processes[Symbol.asyncDispose]();
  rmSync(folder, { recursive: true, force: true });
});

async function aRouterOf(script: Parameters<typeof aModelFile>[0] = {}): Promise<ModelPort> {
  return aGgufRouter(await aModelFile(script, folder), { processes });
}

const VERDICT = {
  name: "verdict",
  schema: z.strictObject({
    verdict: z.enum(["bug", "flaky"]),
    isSure: z.boolean(),
    note: z.union([z.literal("none"), z.null()]),
  }),
};

/** One question after the other to one loaded model. */
async function ask(
  router: ModelPort,
  parameters: ModelParameters = {},
): Promise<{ readonly text: string; readonly finish: string; readonly tokens: number }> {
  const { text, finish, usage } = await router.generate({ ...HELLO, parameters }, { signal });
  return { text, finish, tokens: usage.outputTokens };
}

describe.skipIf(!HAS_LLAMA)("a GGUF file in llama.cpp", () => {
  test("is asked through its own chat template, answers piece by piece, and counts to the token", async () => {
    const router = await aRouterOf({ name: "A scripted model" });
    const heard = listen();
    const pieces: string[] = [];
    const system = { role: "system", text: "Be terse." } as const;
    const user = { role: "user", text: "Say hello." } as const;

    const answer = await router.generate(
      { role: "check", messages: [system, user] },
      {
        signal,
        onEvent: (event) => {
          heard.onEvent(event);
          if (event.name === "text-delta") pieces.push(event.text);
        },
      },
    );

    expect(answer).toMatchObject({ text: TEXT, finish: "stop", served: "A scripted model" });
    expect(pieces).toEqual(PIECES);
    expect(heard.text()).toBe(TEXT);
    expect(answer.usage).toEqual({
      inputTokens: countTokens(system, user),
      cacheReadTokens: 0,
      cacheWriteTokens: 0,
      // The pieces, and the end.
      outputTokens: PIECES.length + 1,
      reasoningTokens: 0,
    });
    expect(answer.attempts).toMatchObject([
      { usageSource: "reported", cost: { usd: "0" }, failure: null },
    ]);
    expect(answer.warnings).toEqual([]);
  });

  test("reads again only what is new in a question", async () => {
    const router = await aRouterOf();
    const first = { role: "user", text: "Say hello." } as const;
    await router.generate({ role: "check", messages: [first] }, { signal });
    const rest = [
      { role: "assistant", text: "Hey." },
      { role: "user", text: "Once more." },
    ] as const;

    const { usage } = await router.generate(
      { role: "check", messages: [first, ...rest] },
      { signal },
    );

    expect(usage.inputTokens).toBe(countTokens(first, ...rest));
    // All of the question before, up to the line end after which the answer stood.
    expect(usage.cacheReadTokens).toBe(countTokens(first));
  });

  test("answers many questions at a time one after the other, each its own", async () => {
    const router = await aRouterOf();
    const limits = [1, 2, 3, 4, 5];

    const answers = await Promise.all(
      limits.map((maxOutputTokens) => ask(router, { maxOutputTokens })),
    );

    expect(answers.map(({ text }) => text)).toEqual(
      limits.map((count) => PIECES.slice(0, count).join("")),
    );
  });

  test("is held to a schema by a grammar, though it would say something else", async () => {
    const router = await aRouterOf();

    const answer = await router.generate({ ...HELLO, answer: VERDICT }, { signal });

    expect(answer.attempts).toHaveLength(1);
    expect(VERDICT.schema.parse(JSON.parse(answer.text))).toEqual(answer.object);
  });

  test("stops before a text that is asked for, and at a limit on tokens", async () => {
    const router = await aRouterOf();

    expect(await ask(router, { stop: ["llama"] })).toMatchObject({
      text: "Hello from ",
      finish: "stop",
    });
    expect(await ask(router, { maxOutputTokens: 2 })).toEqual({
      ...{ text: "Hello from", finish: "length", tokens: 2 },
    });
  });

  test("takes penalties on repetition, each by itself", async () => {
    const router = await aRouterOf({ pieces: ["again "], then: "stutter" });
    const most: ModelParameters = { maxOutputTokens: 40 };

    expect(await ask(router, most)).toMatchObject({ finish: "length", tokens: 40 });
    for (const one of [
      { presencePenalty: 1 },
      { frequencyPenalty: 1 },
      { repeatPenalty: 1.5 },
    ] satisfies ModelParameters[])
      expect(await ask(router, { ...most, ...one })).toEqual({
        ...{ text: "again ", finish: "stop", tokens: 2 },
      });
  });

  test("draws by temperature and seed, within what the other parameters leave", async () => {
    const router = await aRouterOf({ isWayward: true });
    const most = { maxOutputTokens: PIECES.length, temperature: 2 };
    const draw = async (more: ModelParameters): Promise<string> =>
      (await ask(router, { ...most, ...more })).text;

    const one = await draw({ seed: 1 });
    expect(one).not.toBe(TEXT);
    expect(await draw({ seed: 1 })).toBe(one);
    expect(await draw({ seed: 2 })).not.toBe(one);
    expect(await draw({ seed: 1, temperature: 0 })).toBe(TEXT);
    for (const tight of [{ topK: 1 }, { topP: 0.001 }, { minP: 0.99 }] satisfies ModelParameters[])
      expect(await draw({ seed: 1, ...tight })).toBe(TEXT);
  });

  test("ends an answer that would go on for ever at the end of its context", async () => {
    const router = await aRouterOf({ then: "again", contextTokens: 256 });

    const { finish, tokens } = await ask(router);

    expect(finish).toBe("length");
    expect(tokens).toBe(256 - countTokens(...HELLO.messages) - 1);
  });

  test("says that a question does not fit its context", async () => {
    const router = await aRouterOf({ then: "again", contextTokens: 256 });
    const text = "word ".repeat(60);

    const asked = router.generate(
      { role: "check", messages: [{ role: "user", text }] },
      { signal },
    );

    await expect(asked).rejects.toMatchObject({
      code: "RGS-4006",
      message: expect.stringContaining(`${countTokens({ role: "user", text })} tokens`) as string,
    });
  });

  test("an answer that is given up ends at once, and the same process answers the next question", async () => {
    const router = await aRouterOf({ then: "again", contextTokens: 2048 });
    const stop = new AbortController();
    const reason = new Error("not needed any more");

    const given = router.generate(HELLO, {
      signal: stop.signal,
      onEvent: ({ name }) => {
        if (name === "text-delta") stop.abort(reason);
      },
    });

    await expect(given).rejects.toBe(reason);
    expect(await ask(router, { maxOutputTokens: 3 })).toMatchObject({
      text: "Hello from llama.cpp",
    });
  });
});
