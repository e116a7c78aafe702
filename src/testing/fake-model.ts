import type { ModelAnswer } from "../contract/model/answer.ts";
import type { ModelRequest, ToolCall } from "../contract/model/request.ts";
import { NO_TOKENS, type TokenUsage } from "../contract/model/usage.ts";
import { shortHash, toCanonicalJson } from "../kernel/hash.ts";
import type { ModelPort } from "../ports/model.ts";

/** What a fake model says to one request. */
export interface FakeAnswer {
  /** JSON where the request has a schema. */
  readonly text: string;
  readonly toolCalls?: readonly ToolCall[];
  readonly usage?: Partial<TokenUsage>;
}

/** A {@link ModelPort} that answers from a script and remembers what it was asked. */
export interface FakeModel extends ModelPort {
  readonly requests: readonly ModelRequest<unknown>[];
}

const NAME = { provider: "fake", model: "fake-model" } as const;

/**
 * A fake without wire, retries, prices or fallbacks: `reply` gets each request with its number, from 1. A schema is
 * held, and what `reply` throws is thrown.
 */
export function createFakeModel(
  reply: (request: ModelRequest<unknown>, number: number) => FakeAnswer,
): FakeModel {
  const requests: ModelRequest<unknown>[] = [];
  return {
    requests,
    models: () => [
      {
        ...NAME,
        capabilities: ["tools", "json", "schema"],
        contextTokens: null,
        breaker: "closed",
        waitMs: 0,
      },
    ],
    // eslint-disable-next-line @typescript-eslint/require-await -- what `reply` throws is a rejection
    async generate<T>(
      request: ModelRequest<T>,
      { signal, onEvent }: Parameters<ModelPort["generate"]>[1],
    ): Promise<ModelAnswer<T>> {
      signal.throwIfAborted();
      requests.push(request);
      const { text, toolCalls = [], usage } = reply(request, requests.length);
      onEvent?.({ name: "text-delta", text });
      return {
        question: shortHash(toCanonicalJson([request.role, request.messages, request.sample ?? 0])),
        text,
        object: request.answer?.schema.parse(JSON.parse(text)) as T,
        toolCalls,
        reasoning: null,
        finish: toolCalls.length > 0 ? "tool-calls" : "stop",
        requested: NAME,
        served: NAME.model,
        source: "network",
        attempts: [],
        usage: { ...NO_TOKENS, ...usage },
        changes: [],
        warnings: [],
      };
    },
  };
}
