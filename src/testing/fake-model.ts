import type { ModelAnswer, ModelAttempt } from "../contract/model/answer.ts";
import type { ModelRequest, ToolCall } from "../contract/model/request.ts";
import { NO_TOKENS, type TokenUsage } from "../contract/model/usage.ts";
import { RegooseError } from "../kernel/errors.ts";
import { shortHash, toCanonicalJson } from "../kernel/hash.ts";
import type { ModelCallOptions, ModelPort } from "../ports/model.ts";

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
 * held, and what `reply` throws is thrown; a promise that stays open is a model that hangs.
 */
export function createFakeModel(
  reply: (request: ModelRequest<unknown>, number: number) => FakeAnswer | Promise<FakeAnswer>,
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
    async generate<T>(
      request: ModelRequest<T>,
      options: ModelCallOptions,
    ): Promise<ModelAnswer<T>> {
      options.signal.throwIfAborted();
      requireName(request.model);
      requests.push(request);
      options.onEvent?.({ name: "attempt-start", number: 1, model: NAME });
      const asked = async (): Promise<FakeAnswer> => reply(request, requests.length);
      const said = await within(options, asked()).catch((failure: unknown) => {
        if (failure instanceof RegooseError)
          options.onEvent?.({ name: "attempt-end", attempt: toAttempt({ text: "" }, failure) });
        throw failure;
      });
      if (said.text !== "") options.onEvent?.({ name: "text-delta", text: said.text });
      const attempt = toAttempt(said, null);
      options.onEvent?.({ name: "attempt-end", attempt });
      return toAnswer(request, said, attempt);
    },
  };
}

function requireName(wanted: string | undefined): void {
  const names: readonly (string | undefined)[] = [
    undefined,
    NAME.provider,
    `${NAME.provider}/${NAME.model}`,
  ];
  if (names.includes(wanted)) return;
  throw new RegooseError("RGS-4002", `the model ${wanted ?? ""} is not configured`);
}

/** Until its caller gives up, or its time is over. */
function within<T>({ signal, deadline }: ModelCallOptions, work: Promise<T>): Promise<T> {
  const isOver = (): boolean => deadline?.isOver() === true;
  return new Promise((resolve, reject) => {
    const look = setInterval(() => {
      if (isOver())
        end(() => {
          reject(new RegooseError("RGS-4009", "fake/fake-model had not ended its answer in time"));
        });
    }, 5);
    const onAbort = (): void => {
      end(() => {
        reject(signal.reason instanceof Error ? signal.reason : new Error(String(signal.reason)));
      });
    };
    const end = (settle: () => void): void => {
      clearInterval(look);
      signal.removeEventListener("abort", onAbort);
      settle();
    };
    signal.addEventListener("abort", onAbort, { once: true });
    if (signal.aborted) onAbort();
    work.then(
      (value) => {
        end(() => {
          resolve(value);
        });
      },
      (failure: unknown) => {
        end(() => {
          reject(failure instanceof Error ? failure : new Error(String(failure)));
        });
      },
    );
  });
}

function toAttempt({ usage }: FakeAnswer, failure: RegooseError | null): ModelAttempt {
  return {
    number: 1,
    requested: NAME,
    served: failure === null ? NAME.model : null,
    key: 0,
    usage: { ...NO_TOKENS, ...usage },
    usageSource: usage === undefined ? "none" : "reported",
    cost: { usd: "0", prices: "fake" },
    durationMs: 0,
    firstTokenMs: failure === null ? 0 : null,
    failure: failure === null ? null : { code: failure.code, message: failure.message },
    requestId: null,
  };
}

function toAnswer<T>(
  request: ModelRequest<T>,
  { text, toolCalls = [] }: FakeAnswer,
  attempt: ModelAttempt,
): ModelAnswer<T> {
  const { role, messages, parameters, sample } = request;
  return {
    question: shortHash(toCanonicalJson([role, messages, parameters, sample ?? 0])),
    text,
    object: readObject(request, text),
    toolCalls,
    reasoning: null,
    finish: toolCalls.length > 0 ? "tool-calls" : "stop",
    requested: NAME,
    served: NAME.model,
    source: "network",
    attempts: [attempt],
    usage: attempt.usage,
    changes: [],
    warnings: [],
  };
}

function readObject<T>({ answer }: ModelRequest<T>, text: string): T {
  if (answer === undefined) return undefined as T;
  try {
    return answer.schema.parse(JSON.parse(text));
  } catch (failure) {
    throw new RegooseError("RGS-4012", "fake/fake-model answered in another shape than asked for", {
      cause: failure,
    });
  }
}
