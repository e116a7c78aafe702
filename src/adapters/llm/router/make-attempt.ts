import type { ModelAttempt } from "../../../contract/model/answer.ts";
import { NO_TOKENS, type TokenUsage } from "../../../contract/model/usage.ts";
import type { ErrorCode } from "../../../kernel/error-table.ts";
import { RegooseError } from "../../../kernel/errors.ts";
import { parseDollars, toAttemptCost, toCost } from "../money/prices.ts";
import { callWire } from "../wire/call-wire.ts";
import type { WireCall, WireListener, WireOutcome } from "../wire/wire.ts";
import { type Candidate, toLabel, toPriced } from "./candidate.ts";
import { type Course, keepWhole, type Question, type RouterDeps, toMessages } from "./course.ts";
import type { Lane } from "./lane.ts";
import { planFor } from "./plan-for.ts";

/** What a model may say at most where nobody limits it, for budgets. */
const USUAL_OUTPUT_TOKENS = 8_192;

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
 * @throws BudgetReached (RGS-4016), PriceUnknown (RGS-4020), ParameterRefused (RGS-4004), and the signal's reason
 */
export async function makeAttempt<T>(
  deps: RouterDeps,
  asked: Question<T>,
  course: Course,
  lane: Lane,
  { cut, isHedge = false }: AttemptOptions = {},
): Promise<WireOutcome | RegooseError> {
  const { candidate } = lane;
  const call = planCall(deps, asked, course, lane);
  const priced = toPriced(candidate);
  const most = toMost(asked, candidate);
  const price = deps.prices.find(priced);
  const reservation = await deps.budget.reserve(
    { usage: most, cost: price === null ? null : toCost(price, most) },
    `a call to ${toLabel(candidate)}`,
  );
  const wish = {
    isUrgent: asked.request.priority === "interactive",
    tokens: asked.inputTokens + most.outputTokens,
  };
  const signal = cut === undefined ? asked.signal : AbortSignal.any([asked.signal, cut]);
  let number = 0;
  let spent: TokenUsage = NO_TOKENS;
  try {
    const made = await lane.run(wish, signal, () => {
      number = course.sent += 1;
      if (number > 1) lane.retries.countRetry();
      else lane.retries.countCall();
      const model = { provider: candidate.provider, model: candidate.model };
      const { changes } = call.plan;
      asked.tell({ name: "attempt-start", number, model, isHedge, changes });
      return callWire(deps, call, listenFor(asked), { signal: asked.signal, cut });
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

/** What the request may take at most. */
function toMost<T>({ inputTokens, parametersOf }: Question<T>, candidate: Candidate): TokenUsage {
  const outputTokens = parametersOf(candidate).maxOutputTokens ?? USUAL_OUTPUT_TOKENS;
  return { ...NO_TOKENS, inputTokens, outputTokens };
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
): WireCall {
  const { model, limits } = candidate;
  const plan = planFor({ learned }, candidate, asked.parametersOf(candidate));
  const leftMs = Math.max(1, asked.deadline.remainingMs());
  return {
    endpoint,
    model,
    messages: toMessages(asked, course),
    tools: asked.request.tools ?? [],
    toolChoice: asked.request.toolChoice,
    schema: asked.schema,
    plan,
    limits: { ...limits, totalMs: Math.min(limits.totalMs, leftMs) },
  };
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
