import type { ModelAttempt } from "../../../contract/model/answer.ts";
import { NO_TOKENS, type TokenUsage } from "../../../contract/model/usage.ts";
import type { ErrorCode } from "../../../kernel/error-table.ts";
import { RegooseError } from "../../../kernel/errors.ts";
import type { Spending } from "../money/budget.ts";
import { createModelError } from "../errors.ts";
import { parseDollars, type PricedModel, toAttemptCost, toMostCost } from "../money/prices.ts";
import { callWire } from "../wire/call-wire.ts";
import { boundInput } from "../wire/read-usage.ts";
import type { WireCall, WireListener, WireOutcome } from "../wire/wire.ts";
import { toLabel, toPriced } from "./candidate.ts";
import { type Course, keepWhole, type Question, type RouterDeps, toMessages } from "./course.ts";
import type { Lane } from "./lane.ts";
import { planWithin } from "./plan-for.ts";

/** A longer one would go off at once. */
const LONGEST_TIMER_MS = 2 ** 31 - 1;

/** How a request is sent that is one of two beside each other. */
export interface AttemptOptions {
  /** Aborts where the other one is heard. */
  readonly cut?: AbortSignal;
  /** The second of the two. */
  readonly isHedge?: boolean;
}

/** The reason of {@link AttemptOptions.cut}: the request is over, and has cost what it has cost. */
export const OVERTAKEN: ErrorCode = "RGS-1300";

/**
 * One request with its plan, its turn, its money and its record.
 * @throws BudgetReached (RGS-4016), PriceUnknown (RGS-4020), ParameterRefused (RGS-4004), ModelTimedOut (RGS-4009) where its turn
 * does not come in time, and the signal's reason
 */
export async function makeAttempt<T>(
  deps: RouterDeps,
  asked: Question<T>,
  course: Course,
  lane: Lane,
  { cut, isHedge = false }: AttemptOptions = {},
): Promise<WireOutcome | RegooseError> {
  const { candidate } = lane;
  const { call, mostTokens } = planCall(deps, asked, course, lane);
  const priced = toPriced(candidate);
  const reservation = await deps.budget.reserve(
    toMost(deps, call, mostTokens, priced),
    `a call to ${toLabel(candidate)}`,
  );
  const wish = {
    isUrgent: asked.request.priority === "interactive",
    tokens: asked.inputTokens + mostTokens,
  };
  const signal = cut === undefined ? asked.signal : AbortSignal.any([asked.signal, cut]);
  let number = 0;
  let spent: TokenUsage = NO_TOKENS;
  try {
    await using late = startLate(deps, asked, lane);
    const either = AbortSignal.any([signal, late.signal]);
    const made = await lane.run(wish, either, () => {
      number = course.sent += 1;
      if (number > 1) lane.retries.countRetry();
      else lane.retries.countCall();
      const model = { provider: candidate.provider, model: candidate.model };
      const { changes } = call.plan;
      asked.tell({ name: "attempt-start", number, model, isHedge, changes });
      // Of the time that is left once the turn has come.
      const totalMs = Math.min(call.limits.totalMs, Math.max(1, asked.deadline.remainingMs()));
      const limited = { ...call, limits: { ...call.limits, totalMs } };
      return callWire(deps, limited, listenFor(asked), { signal: asked.signal, cut });
    });
    // Nothing was sent.
    if (made instanceof RegooseError) return made;
    const attempt = toAttempt(deps, lane, number, made);
    spent = attempt.usage;
    course.attempts.push(attempt);
    course.attempts.sort((a, b) => a.number - b.number);
    asked.tell({ name: "attempt-end", attempt });
    if (made.failure?.code === OVERTAKEN) return made.failure;
    course.changes = call.plan.changes;
    course.warnings.push(...(made.failure === null ? made.warnings : []));
    if (made.failure === null) return made;
    keepWhole(asked, course, made.text);
    return made.failure;
  } finally {
    const cost = toAttemptCost(deps.prices, priced, spent).usd;
    reservation.settle({ usage: spent, cost: cost === null ? null : parseDollars(cost) });
  }
}

/** What the request may take at most, corrections and what was kept of earlier answers included. */
function toMost(
  { prices }: RouterDeps,
  { messages, tools, schema }: WireCall,
  outputTokens: number,
  priced: PricedModel,
): Spending {
  const inputTokens = boundInput(messages, JSON.stringify([tools, schema]));
  const usage = { ...NO_TOKENS, inputTokens, outputTokens };
  const price = prices.find(priced);
  return { usage, cost: price === null ? null : toMostCost(price, usage) };
}

/** Aborts once the time for the call is over: a turn that comes later helps nobody. */
function startLate<T>(
  { clock }: RouterDeps,
  { deadline }: Question<T>,
  { candidate }: Lane,
): AsyncDisposable & { readonly signal: AbortSignal } {
  const stop = new AbortController();
  const late = new AbortController();
  const { provider, model } = candidate;
  const facts = { provider, model, status: null, requestId: null };
  const leftMs = Math.min(deadline.remainingMs(), LONGEST_TIMER_MS);
  const timer = clock.sleep(leftMs, stop.signal, { isBackground: true }).then(
    () => {
      const why = "was not asked: the time for the call was over before its turn came";
      late.abort(createModelError("RGS-4009", facts, why));
    },
    () => undefined,
  );
  return {
    signal: late.signal,
    async [Symbol.asyncDispose]() {
      stop.abort();
      await timer;
    },
  };
}

function listenFor<T>({ tell }: Question<T>): WireListener {
  return {
    onText: (text) => {
      tell({ name: "text-delta", text });
    },
    onReasoning: (text) => {
      tell({ name: "reasoning-delta", text });
    },
  };
}

function planCall<T>(
  { learned }: RouterDeps,
  asked: Question<T>,
  course: Course,
  { candidate, endpoint }: Lane,
): { readonly call: WireCall; readonly mostTokens: number } {
  const { model, limits } = candidate;
  const parameters = asked.parametersOf(candidate);
  const { plan, mostTokens } = planWithin({ learned }, candidate, parameters, asked.inputTokens);
  const call = {
    ...{ endpoint, model, plan, limits },
    messages: toMessages(asked, course),
    tools: asked.request.tools ?? [],
    toolChoice: asked.request.toolChoice,
    schema: asked.schema,
  };
  return { call, mostTokens };
}

function toAttempt(
  { prices }: RouterDeps,
  { candidate, key }: Lane,
  number: number,
  made: WireOutcome,
): ModelAttempt {
  const { failure, usage, usageSource, served, durationMs, firstTokenMs, requestId } = made;
  return {
    ...{ number, key, served, usage, usageSource, durationMs, firstTokenMs, requestId },
    requested: { provider: candidate.provider, model: candidate.model },
    cost: toAttemptCost(prices, toPriced(candidate), usage),
    failure: failure === null ? null : { code: failure.code, message: failure.message },
  };
}
