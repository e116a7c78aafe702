import type { ModelAttempt } from "../../../contract/model/answer.ts";
import { NO_TOKENS, type TokenUsage } from "../../../contract/model/usage.ts";
import { RegooseError } from "../../../kernel/errors.ts";
import { parseDollars, toAttemptCost, toCost, type PricedModel } from "../money/prices.ts";
import { planParameters } from "../parameters/plan-parameters.ts";
import { callWire } from "../wire/call-wire.ts";
import type { Endpoint, WireCall, WireListener, WireOutcome } from "../wire/wire.ts";
import { type Candidate, toLabel } from "./candidate.ts";
import { type Course, keepWhole, type Question, type RouterDeps, toMessages } from "./course.ts";
import type { Lane } from "./lane.ts";

/** What a model may say at most where nobody limits it, for budgets. */
const USUAL_OUTPUT_TOKENS = 8_192;

/**
 * One request with its plan, its turn, its money and its record.
 * @throws BudgetReached (RGS-4016), PriceUnknown (RGS-4020), ParameterRefused (RGS-4004), and the signal's reason
 */
export async function makeAttempt<T>(
  deps: RouterDeps,
  asked: Question<T>,
  course: Course,
  lane: Lane,
): Promise<WireOutcome | RegooseError> {
  const { candidate } = lane;
  const { provider, model } = candidate;
  const call = planCall(deps, asked, course, candidate);
  const priced = toPriced(candidate);
  const price = deps.prices.find(priced);
  const most: TokenUsage = {
    ...NO_TOKENS,
    inputTokens: asked.inputTokens,
    outputTokens:
      asked.parameters.maxOutputTokens ??
      candidate.parameters.maxOutputTokens ??
      USUAL_OUTPUT_TOKENS,
  };
  const reservation = await deps.budget.reserve(
    { usage: most, cost: price === null ? null : toCost(price, most) },
    `a call to ${toLabel(candidate)}`,
  );
  const number = course.attempts.length + 1;
  const wish = {
    isUrgent: asked.request.priority === "interactive",
    tokens: asked.inputTokens + most.outputTokens,
  };
  let spent: TokenUsage = NO_TOKENS;
  try {
    const made = await lane.run(wish, asked.signal, () => {
      if (number > 1) lane.retries.countRetry();
      else lane.retries.countCall();
      asked.tell({ name: "attempt-start", number, model: { provider, model } });
      return callWire(deps, call, listenFor(asked), { signal: asked.signal });
    });
    // Nothing was sent.
    if (made instanceof RegooseError) return made;
    const attempt = toAttempt(deps, candidate, number, made);
    spent = attempt.usage;
    course.attempts.push(attempt);
    asked.tell({ name: "attempt-end", attempt });
    course.warnings.push(...made.warnings);
    if (made.failure === null) return made;
    keepWhole(asked, course, made.text);
    return made.failure;
  } finally {
    const cost = toAttemptCost(deps.prices, priced, spent).usd;
    reservation.settle({ usage: spent, cost: cost === null ? null : parseDollars(cost) });
  }
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
  candidate: Candidate,
): WireCall {
  const { endpoint, model, policy, limits } = candidate;
  const { provider, kind } = endpoint;
  const parameters = { ...candidate.parameters, ...asked.parameters };
  const refused = learned.of(candidate);
  const plan = planParameters({ kind, provider, model, parameters, policy, refused });
  course.changes = plan.changes;
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
  candidate: Candidate,
  number: number,
  made: WireOutcome,
): ModelAttempt {
  const { failure, usage, usageSource, served, durationMs, firstTokenMs, requestId } = made;
  return {
    ...{ number, served, usage, usageSource, durationMs, firstTokenMs, requestId },
    requested: { provider: candidate.provider, model: candidate.model },
    key: 0,
    cost: toAttemptCost(prices, toPriced(candidate), usage),
    failure: failure === null ? null : { code: failure.code, message: failure.message },
  };
}

function toPriced({ endpoint, model }: Candidate): PricedModel {
  const { provider, kind } = endpoint;
  return { provider, kind, model, isOwnMachine: isOwnMachine(endpoint) };
}

/** A server on this machine; without an address an OpenAI-compatible one is looked for here. */
function isOwnMachine({ kind, baseUrl }: Endpoint): boolean {
  if (kind !== "openai-compatible") return false;
  const host = baseUrl === null ? "localhost" : (URL.parse(baseUrl)?.hostname ?? "");
  return host === "localhost" || host === "[::1]" || host.startsWith("127.");
}
