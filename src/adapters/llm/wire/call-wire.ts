import type { LanguageModelV4StreamPart } from "@ai-sdk/provider";
import type { Clock } from "../../../kernel/clock.ts";
import { RegooseError } from "../../../kernel/errors.ts";
import { NO_TOKENS } from "../../../contract/model/usage.ts";
import { toThrownError } from "../classify.ts";
import type { RequestFacts } from "../errors.ts";
import type { ModelKind } from "../kinds.ts";
import type { Dispatchers } from "./dispatchers.ts";
import type { ModelProcesses } from "./gguf/model-processes.ts";
import { createHeard, findAnswerProblem, hear, type Heard } from "./heard.ts";
import { createProviderModel } from "./provider-models.ts";
import { estimateUsage, readUsage } from "./read-usage.ts";
import {
  createThinkingSplitter,
  splitOffThinking,
  type ThinkingSplitter,
} from "./split-thinking.ts";
import { toCallOptions } from "./to-prompt.ts";
import { createTransport, type Sighting } from "./transport.ts";
import { startWatchdog, type Watchdog } from "./watchdog.ts";
import type { WireCall, WireListener, WireOutcome } from "./wire.ts";

export interface WireDeps {
  readonly clock: Clock;
  readonly dispatchers: Dispatchers;
  readonly processes: ModelProcesses;
}

/**
 * Sends one request, always as a stream, and reads the answer to its end. Never tries again. Rejects only with the
 * reason of `signal`; everything else is an outcome, also that `cut` aborted, whose reason is an error of ours.
 */
export async function callWire(
  deps: WireDeps,
  call: WireCall,
  listener: WireListener,
  { signal, cut }: { readonly signal: AbortSignal; readonly cut?: AbortSignal | undefined },
): Promise<WireOutcome> {
  signal.throwIfAborted();
  const { clock } = deps;
  const startMs = clock.monotonic();
  const sighting: Sighting = {
    sent: null,
    headers: {},
    status: null,
    requestId: null,
    onBytes: () => undefined,
  };
  const facts: RequestFacts = {
    provider: call.endpoint.provider,
    model: call.model,
    get status() {
      return sighting.status;
    },
    get requestId() {
      return sighting.requestId;
    },
  };
  const heard = createHeard();
  const either = cut === undefined ? signal : AbortSignal.any([signal, cut]);
  // What has to be read from this machine's disk first is no silence of the provider's.
  const open = await openStream(deps, call, { sighting, facts, signal: either });
  using watchdog = startWatchdog(clock, facts, call.limits, either);
  sighting.onBytes = () => {
    watchdog.noteBytes();
  };
  const splitter = THINKS_ALOUD.has(call.endpoint.kind) ? createThinkingSplitter() : null;
  const failure =
    open instanceof RegooseError
      ? open
      : await listen(open, { facts, heard, splitter, watchdog, listener });
  if (splitter !== null && heard.reasoning === "")
    Object.assign(heard, splitOffThinking(heard.text));
  signal.throwIfAborted();
  return toOutcome(call, sighting, heard, {
    isCut: cut?.aborted === true && failure === cut.reason,
    failure: failure ?? findAnswerProblem(heard, facts),
    durationMs: Math.round(clock.monotonic() - startMs),
    firstTokenMs: watchdog.firstTokenMs(),
  });
}

/** Others hand on what a model thought apart from what it says. */
const THINKS_ALOUD: ReadonlySet<ModelKind> = new Set(["openai-compatible", "gguf"]);

/** Asks, once it is called. */
type OpenStream = (signal: AbortSignal) => Promise<ReadableStream<LanguageModelV4StreamPart>>;

/** Loads what stands between us and the model. An error of ours is how the request ends. */
async function openStream(
  { clock, dispatchers, processes }: WireDeps,
  call: WireCall,
  on: {
    readonly sighting: Sighting;
    readonly facts: RequestFacts;
    readonly signal: AbortSignal;
  },
): Promise<OpenStream | RegooseError> {
  if (call.endpoint.kind === "gguf") {
    const { openGguf } = await import("./gguf/open-gguf.ts");
    try {
      return await openGguf(processes, call, on.facts, on.signal);
    } catch (failure) {
      if (failure instanceof RegooseError) return failure;
      throw failure;
    }
  }
  const transport = createTransport(dispatchers, call, on.sighting, () => clock.now());
  const model = await createProviderModel(call.endpoint, call.model, transport);
  await dispatchers.open(call.endpoint, call.limits.connectMs);
  return async (signal) => (await model.doStream(toCallOptions(call, signal))).stream;
}

interface Listening {
  readonly facts: RequestFacts;
  readonly heard: Heard;
  readonly splitter: ThinkingSplitter | null;
  readonly watchdog: Watchdog;
  readonly listener: WireListener;
}

/** Null where the stream came to its end. */
async function listen(
  open: OpenStream,
  { facts, heard, splitter, watchdog, listener }: Listening,
): Promise<RegooseError | null> {
  const { signal } = watchdog;
  try {
    // A library that forgets the signal must not hold the call up.
    const stream = await orAbort(signal, () => open(signal));
    const reader = stream.getReader();
    // Ends a read that waits, also one of a library that has forgotten the signal.
    const cancel = (): void => {
      reader.cancel().catch(() => undefined);
    };
    signal.addEventListener("abort", cancel, { once: true });
    try {
      for (;;) {
        const next = await reader.read();
        signal.throwIfAborted();
        const parts = next.done ? splitter?.end() : splitter?.take(next.value);
        for (const part of parts ?? (next.done ? [] : [next.value]))
          hear(heard, part, facts, watchdog, listener);
        if (next.done) return null;
      }
    } finally {
      signal.removeEventListener("abort", cancel);
      cancel();
    }
  } catch (failure) {
    return toThrownError(facts, signal.aborted ? signal.reason : failure, heard.pieces > 0);
  }
}

function orAbort<T>(signal: AbortSignal, work: () => PromiseLike<T>): Promise<T> {
  return new Promise<T>((resolve, reject) => {
    const onAbort = (): void => {
      reject(signal.reason instanceof Error ? signal.reason : new Error(String(signal.reason)));
    };
    if (signal.aborted) {
      onAbort();
      return;
    }
    signal.addEventListener("abort", onAbort, { once: true });
    work()
      .then(resolve, reject)
      .then(
        () => {
          signal.removeEventListener("abort", onAbort);
        },
        () => undefined,
      );
  });
}

function toOutcome(
  call: WireCall,
  sighting: Sighting,
  heard: Heard,
  {
    isCut,
    ...end
  }: Pick<WireOutcome, "failure" | "durationMs" | "firstTokenMs"> & { readonly isCut: boolean },
): WireOutcome {
  // Of a request that we cut off, the provider has read the question.
  const isSpent = heard.finish !== null || heard.pieces > 0 || (isCut && sighting.sent !== null);
  const more = JSON.stringify([call.tools, call.schema]);
  const read = isSpent
    ? readUsage(heard.usage, () => estimateUsage(call.messages, more, heard))
    : { usage: NO_TOKENS, source: "none" as const, warning: null };
  const oddities = [...heard.oddities];
  if (read.source === "reported" && heard.pieces > read.usage.outputTokens)
    oddities.push(
      `${heard.pieces} pieces came for ${read.usage.outputTokens} tokens: something may have come twice`,
    );
  return {
    ...end,
    text: heard.text,
    reasoning: heard.reasoning,
    toolCalls: heard.toolCalls,
    finish: heard.finish,
    served: heard.served,
    requestId: sighting.requestId,
    headers: sighting.headers,
    usage: read.usage,
    usageSource: read.source,
    warnings:
      read.warning !== null && heard.finish !== null ? [...oddities, read.warning] : oddities,
    oddities,
  };
}
