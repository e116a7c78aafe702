import type { ModelAnswer, ModelAttempt, ModelName } from "../contract/model/answer.ts";
import type { ParameterChange } from "../contract/model/parameters.ts";
import type { ModelRequest } from "../contract/model/request.ts";
import type { SpanAttributes } from "../contract/trace.ts";
import { toErrorFacts, type ErrorCode } from "../kernel/error-table.ts";
import type { ModelCallOptions, ModelEvent, ModelPort } from "../ports/model.ts";
import type { BreakerState } from "../ports/outside-calls.ts";
import type { OpenSpan, Telemetry } from "../ports/telemetry.ts";

interface ObserveModelsDeps {
  readonly telemetry: Telemetry;
  /** Kind of the provider of that name, for labels: names are the user's, so there is no end to them. */
  readonly kindOf: (provider: string) => string;
}

/**
 * The same models, with a span for each request that is sent, below whatever asks: the leaves of the run's trace, as
 * they are of all sums of tokens and money. Nothing that is asked or answered is written down.
 */
export function observeModels(deps: ObserveModelsDeps, port: ModelPort): ModelPort {
  return {
    models: () => port.models(),
    generate: <T>(request: ModelRequest<T>, options: ModelCallOptions) =>
      watchCall(deps, port, request, options),
  };
}

/** Breakers of models that have not been asked yet: one for each key of each model. */
export function observeLanes(
  { telemetry, kindOf }: ObserveModelsDeps,
  models: readonly { readonly provider: string; readonly keys: number }[],
): void {
  for (const { provider, keys } of models)
    telemetry.shift("regoose_breaker_state", toGauge(kindOf(provider), "closed"), keys);
}

function toGauge(
  kind: string,
  state: BreakerState,
): { readonly call: string; readonly state: BreakerState } {
  return { call: `models ${kind}`, state };
}

/** Counts a breaker of a model that changed its state, and says so. */
export function observeBreaker(
  { telemetry, kindOf }: ObserveModelsDeps,
  { provider, model }: ModelName,
  state: BreakerState,
  left: BreakerState,
): void {
  telemetry.shift("regoose_breaker_state", toGauge(kindOf(provider), left), -1);
  telemetry.shift("regoose_breaker_state", toGauge(kindOf(provider), state), 1);
  telemetry.count("regoose_model_breaker_transitions_total", { provider: kindOf(provider), state });
  telemetry.logger("models").warn("the breaker of a model changed its state", {
    ...{ provider, model, state },
  });
}

async function watchCall<T>(
  deps: ObserveModelsDeps,
  port: ModelPort,
  request: ModelRequest<T>,
  options: ModelCallOptions,
): Promise<ModelAnswer<T>> {
  const { telemetry } = deps;
  const watch = createWatch(deps, request.role);
  try {
    const answer = await port.generate(request, {
      ...options,
      onEvent: (event) => {
        watch.hear(event);
        options.onEvent?.(event);
      },
    });
    telemetry.count("regoose_model_answers_total", { source: answer.source });
    return answer;
  } catch (failure) {
    watch.cut(failure);
    throw failure;
  }
}

interface Watch {
  hear(event: ModelEvent): void;
  /** Ends what the call left open. */
  cut(failure: unknown): void;
}

function createWatch(deps: ObserveModelsDeps, role: string): Watch {
  const { telemetry, kindOf } = deps;
  const open = new Map<number, OpenSpan>();
  const hedges = new Set<number>();
  return {
    hear(event) {
      if (event.name === "attempt-start") {
        if (event.isHedge === true) hedges.add(event.number);
        const { provider, model } = event.model;
        open.set(
          event.number,
          telemetry.start(`chat ${model}`, {
            // Names of OpenTelemetry's conventions for generative AI, 1.41, in development.
            "gen_ai.operation.name": "chat",
            "gen_ai.provider.name": kindOf(provider),
            "gen_ai.request.model": model,
            "regoose.model.provider": provider,
            "regoose.model.role": role,
            "regoose.model.attempt": event.number,
            ...toChangesAttribute(event.changes),
          }),
        );
      }
      if (event.name === "attempt-end") {
        const span = open.get(event.attempt.number);
        open.delete(event.attempt.number);
        count(deps, event.attempt);
        if (hedges.has(event.attempt.number)) countHedge(deps, event.attempt);
        if (span !== undefined) close(span, event.attempt);
      }
      if (event.name === "fallback") countFallback(deps, event);
    },
    cut(failure) {
      for (const span of open.values()) {
        span.fail(failure);
        span.end();
      }
      open.clear();
    },
  };
}

/** `dropped topK; changed maxOutputTokens`: the names alone, for values may be anybody's words. */
function toChangesAttribute(changes: readonly ParameterChange[] = []): SpanAttributes {
  if (changes.length === 0) return {};
  const text = changes.map(({ action, parameter }) => `${action} ${parameter}`).join("; ");
  return { "regoose.model.parameter_changes": text };
}

function count({ telemetry, kindOf }: ObserveModelsDeps, attempt: ModelAttempt): void {
  const { requested, usage, cost, failure, durationMs, firstTokenMs } = attempt;
  const provider = kindOf(requested.provider);
  const outcome = failure === null ? "succeeded" : classOf(failure.code);
  telemetry.count("regoose_model_calls_total", { provider, outcome });
  const tokens = {
    input: usage.inputTokens,
    "cache-read": usage.cacheReadTokens,
    "cache-write": usage.cacheWriteTokens,
    output: usage.outputTokens,
    reasoning: usage.reasoningTokens,
  };
  for (const [kind, amount] of Object.entries(tokens)) {
    if (amount > 0) telemetry.count("regoose_model_tokens_total", { provider, kind }, amount);
  }
  const usd = Number(cost.usd ?? 0);
  if (usd > 0) telemetry.count("regoose_model_cost_usd_total", { provider }, usd);
  telemetry.observe("regoose_model_call_duration_seconds", { provider }, durationMs / 1_000);
  if (firstTokenMs !== null)
    telemetry.observe("regoose_model_first_token_seconds", { provider }, firstTokenMs / 1_000);
}

function countHedge(
  { telemetry, kindOf }: ObserveModelsDeps,
  { requested, failure }: ModelAttempt,
): void {
  telemetry.count("regoose_model_hedges_total", {
    provider: kindOf(requested.provider),
    outcome: failure === null ? "won" : "lost",
  });
}

function close(span: OpenSpan, attempt: ModelAttempt): void {
  const { served, usage, usageSource, cost, firstTokenMs, requestId, failure, key } = attempt;
  const attributes: SpanAttributes = {
    "gen_ai.usage.input_tokens": usage.inputTokens,
    "gen_ai.usage.output_tokens": usage.outputTokens,
    "regoose.model.cache_read_tokens": usage.cacheReadTokens,
    "regoose.model.cache_write_tokens": usage.cacheWriteTokens,
    "regoose.model.reasoning_tokens": usage.reasoningTokens,
    "regoose.model.usage_source": usageSource,
    "regoose.model.key": key,
    ...(cost.usd === null ? {} : { "regoose.model.usd": cost.usd }),
    ...(served === null ? {} : { "gen_ai.response.model": served }),
    ...(requestId === null ? {} : { "gen_ai.response.id": requestId }),
    ...(firstTokenMs === null ? {} : { "regoose.model.first_token_ms": firstTokenMs }),
  };
  span.set(attributes);
  if (failure !== null) {
    span.fail(failure.code ?? "failed");
    span.set({ "error.message": failure.message });
  }
  span.end();
}

function countFallback(
  { telemetry, kindOf }: ObserveModelsDeps,
  { from, to, code }: Extract<ModelEvent, { readonly name: "fallback" }>,
): void {
  telemetry.count("regoose_model_fallbacks_total", {
    provider: kindOf(from.provider),
    class: toErrorFacts(code).class,
  });
  telemetry.logger("models").info("another model is asked", {
    ...{ from: `${from.provider}/${from.model}`, to: `${to.provider}/${to.model}`, code },
  });
}

function classOf(code: ErrorCode | null): string {
  return code === null ? "defect" : toErrorFacts(code).class;
}
