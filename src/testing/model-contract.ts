import assert from "node:assert/strict";
import { z } from "zod";

import type { ModelAnswer, ModelAttempt } from "../contract/model/answer.ts";
import type { ModelRequest, ToolCall } from "../contract/model/request.ts";
import { addTokens, NO_TOKENS, type TokenUsage } from "../contract/model/usage.ts";
import type { Deadline } from "../kernel/clock.ts";
import { RegooseError } from "../kernel/errors.ts";
import type { ModelEvent, ModelPort } from "../ports/model.ts";
import type { Law } from "./run-log-contract.ts";

/** What the model behind a port says; usage is what its provider reports for each request. */
export interface BenchAnswer {
  readonly text: string;
  readonly toolCalls?: readonly Omit<ToolCall, "id">[];
  readonly usage?: Pick<TokenUsage, "inputTokens" | "outputTokens">;
}

/** A port with one model behind it that can do everything, and what it does next. */
export interface ModelBench {
  readonly port: ModelPort;
  /** From now on each request gets this. */
  answer(reply: BenchAnswer): void;
  /** From now on each request gets a text that repeats its last message. */
  echo(): void;
  /** From now on no request gets an answer. */
  hang(): void;
  /** From now on each request is refused, as one that is wrong. */
  refuse(): void;
}

/** The laws of the port of language models, which every adapter keeps. */
export function modelContract(): readonly Law<ModelBench>[] {
  return [...ANSWER_LAWS, ...ACCOUNT_LAWS, ...FAILURE_LAWS];
}

const { signal } = new AbortController();

const aRequest = (more: Partial<ModelRequest> = {}): ModelRequest => ({
  role: "check",
  messages: [{ role: "user", text: "Say hello." }],
  ...more,
});

const VERDICT = {
  name: "verdict",
  schema: z.strictObject({ verdict: z.enum(["bug", "flaky"]), confidence: z.number() }),
};

/** Asks, and writes down what a listener hears. */
async function listen<T>(
  { port }: ModelBench,
  request: ModelRequest<T>,
): Promise<{ readonly answer: ModelAnswer<T>; readonly events: readonly ModelEvent[] }> {
  const events: ModelEvent[] = [];
  const answer = await port.generate(request, { signal, onEvent: (event) => events.push(event) });
  return { answer, events };
}

/** The text as events put it together. */
function toText(events: readonly ModelEvent[]): string {
  let text = "";
  for (const event of events) {
    if (event.name === "text-delta") text += event.text;
    if (event.name === "text-reset") text = text.slice(0, event.keptLength);
  }
  return text;
}

async function failureOf(asked: Promise<unknown>): Promise<unknown> {
  return asked.then(
    (answer) => new Error(`it answered: ${JSON.stringify(answer)}`),
    (thrown: unknown) => thrown,
  );
}

function assertCode(failure: unknown, code: string): void {
  assert.ok(failure instanceof RegooseError, String(failure));
  assert.equal(failure.code, code);
}

const ANSWER_LAWS: readonly Law<ModelBench>[] = [
  {
    name: "answers with the whole text, which its events tell piece by piece",
    async run(bench) {
      const text = "One line.\n\n  Another, with `code`, “quotes” and 日本語.\n";
      bench.answer({ text });
      const { answer, events } = await listen(bench, aRequest());
      assert.equal(answer.text, text);
      assert.equal(toText(events), text);
      assert.equal(answer.finish, "stop");
      assert.equal(answer.object, undefined);
      assert.deepEqual(answer.toolCalls, []);
    },
  },
  {
    name: "gives an object that fits the schema, or an error, and nothing in between",
    async run(bench) {
      bench.answer({ text: '{"verdict":"bug","confidence":0.5}' });
      const { answer } = await listen(bench, { ...aRequest(), answer: VERDICT });
      assert.deepEqual(answer.object, { verdict: "bug", confidence: 0.5 });
      for (const text of ['{"verdict":"maybe","confidence":0.5}', "no object at all"]) {
        bench.answer({ text });
        const request = { ...aRequest({ sample: text.length }), answer: VERDICT };
        assertCode(await failureOf(bench.port.generate(request, { signal })), "RGS-4012");
      }
    },
  },
  {
    name: "hands tool calls over parsed",
    async run(bench) {
      bench.answer({ text: "", toolCalls: [{ name: "look", input: { path: "a.ts", depth: 2 } }] });
      const tools = [
        { name: "look", description: "looks at a file", inputSchema: { type: "object" } },
      ];
      const { answer } = await listen(bench, aRequest({ tools }));
      assert.deepEqual(
        answer.toolCalls.map(({ name, input }) => ({ name, input })),
        [{ name: "look", input: { path: "a.ts", depth: 2 } }],
      );
      assert.notEqual(answer.toolCalls[0]?.id, "");
      assert.equal(answer.finish, "tool-calls");
    },
  },
  {
    name: "gives each of many calls at a time its own answer",
    async run(bench) {
      bench.echo();
      const texts = Array.from("abcdefghijklmnopqrst", (letter) => `letter-${letter}`);
      const answers = await Promise.all(
        texts.map((text) =>
          bench.port.generate(aRequest({ messages: [{ role: "user", text }] }), { signal }),
        ),
      );
      for (const [index, { text }] of answers.entries())
        assert.deepEqual(text.match(/letter-[a-t]/gu), [texts[index]]);
    },
  },
  {
    name: "names the same question alike, and any other one otherwise",
    async run(bench) {
      bench.answer({ text: "hello" });
      const ask = async (request: ModelRequest): Promise<string> =>
        (await bench.port.generate(request, { signal })).question;
      const name = await ask(aRequest());
      assert.equal(await ask(aRequest()), name);
      const others = await Promise.all([
        ask(aRequest({ sample: 1 })),
        ask(aRequest({ role: "judge" })),
        ask(aRequest({ parameters: { temperature: 0.5 } })),
        ask(aRequest({ messages: [{ role: "user", text: "Say goodbye." }] })),
      ]);
      assert.equal(new Set([name, ...others]).size, 5);
    },
  },
];

const sumOf = (attempts: readonly ModelAttempt[]): TokenUsage =>
  attempts.reduce((sum, { usage }) => addTokens(sum, usage), NO_TOKENS);

const ACCOUNT_LAWS: readonly Law<ModelBench>[] = [
  {
    name: "counts what the provider reports, to the token, and attempts add up to the answer",
    async run(bench) {
      bench.answer({ text: "hello", usage: { inputTokens: 123, outputTokens: 45 } });
      const { answer } = await listen(bench, aRequest());
      assert.equal(answer.usage.inputTokens, 123);
      assert.equal(answer.usage.outputTokens, 45);
      assert.equal(answer.source, "network");
      assert.deepEqual(sumOf(answer.attempts), answer.usage);
    },
  },
  {
    name: "tells of each attempt when it begins and when it ends, in order",
    async run(bench) {
      bench.answer({ text: "hello" });
      const { answer, events } = await listen(bench, aRequest());
      const started = events.flatMap((one) => (one.name === "attempt-start" ? [one.number] : []));
      const ended = events.flatMap((one) => (one.name === "attempt-end" ? [one.attempt] : []));
      assert.deepEqual(started, [1]);
      assert.deepEqual(ended, answer.attempts);
      assert.equal(events.at(0)?.name, "attempt-start");
      assert.equal(events.at(-1)?.name, "attempt-end");
      const [attempt] = answer.attempts;
      assert.ok(attempt !== undefined);
      assert.deepEqual(attempt.requested, answer.requested);
      assert.equal(attempt.failure, null);
      assert.ok(attempt.durationMs >= (attempt.firstTokenMs ?? 0));
    },
  },
  {
    name: "lists its models, and asks the one that a request names",
    async run(bench) {
      bench.answer({ text: "hello" });
      const [model] = bench.port.models();
      assert.ok(model !== undefined);
      assert.equal(model.breaker, "closed");
      assert.equal(model.waitMs, 0);
      const named = { model: `${model.provider}/${model.model}` };
      const { answer } = await listen(bench, aRequest(named));
      assert.deepEqual(answer.requested, { provider: model.provider, model: model.model });
      const other = bench.port.generate(aRequest({ model: "nobody/nothing" }), { signal });
      assertCode(await failureOf(other), "RGS-4002");
    },
  },
];

const FAILURE_LAWS: readonly Law<ModelBench>[] = [
  {
    name: "sends nothing for a call that is given up before it begins",
    async run(bench) {
      bench.answer({ text: "hello" });
      const stop = new AbortController();
      const reason = new Error("not needed any more");
      stop.abort(reason);
      const events: ModelEvent[] = [];
      const asked = bench.port.generate(aRequest(), {
        signal: stop.signal,
        onEvent: (event) => events.push(event),
      });
      assert.equal(await failureOf(asked), reason);
      assert.deepEqual(events, []);
    },
  },
  {
    name: "ends with the reason of its caller while it waits for an answer",
    async run(bench) {
      bench.hang();
      const stop = new AbortController();
      const reason = new Error("not needed any more");
      const asked = bench.port.generate(aRequest(), {
        signal: stop.signal,
        onEvent: (event) => {
          if (event.name === "attempt-start") stop.abort(reason);
        },
      });
      assert.equal(await failureOf(asked), reason);
    },
  },
  {
    name: "ends with its deadline, by an error that says so",
    async run(bench) {
      bench.hang();
      const endMs = performance.now() + 300;
      const deadline: Deadline = {
        remainingMs: () => Math.max(0, endMs - performance.now()),
        isOver: () => performance.now() >= endMs,
      };
      assertCode(
        await failureOf(bench.port.generate(aRequest(), { signal, deadline })),
        "RGS-4009",
      );
    },
  },
  {
    name: "fails by an error of ours with a code, and tells of the attempt that failed",
    async run(bench) {
      bench.refuse();
      const events: ModelEvent[] = [];
      const asked = bench.port.generate(aRequest(), {
        signal,
        onEvent: (event) => events.push(event),
      });
      assertCode(await failureOf(asked), "RGS-4003");
      const ended = events.flatMap((one) => (one.name === "attempt-end" ? [one.attempt] : []));
      assert.deepEqual(
        ended.map(({ failure }) => failure?.code),
        ["RGS-4003"],
      );
    },
  },
  {
    name: "works again after a failure",
    async run(bench) {
      bench.refuse();
      await failureOf(bench.port.generate(aRequest(), { signal }));
      bench.answer({ text: "hello" });
      assert.equal((await bench.port.generate(aRequest(), { signal })).text, "hello");
    },
  },
];
