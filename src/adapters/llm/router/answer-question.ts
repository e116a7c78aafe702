import type { ModelAnswer, ModelName } from "../../../contract/model/answer.ts";
import type { ToolCall } from "../../../contract/model/request.ts";
import { addTokens, NO_TOKENS } from "../../../contract/model/usage.ts";
import { toBackoffMs } from "../../../kernel/backoff.ts";
import { RegooseError } from "../../../kernel/errors.ts";
import { createModelError } from "../errors.ts";
import { findParameter } from "../parameters/fields.ts";
import type { WireOutcome } from "../wire/wire.ts";
import type { Course, Question, RouterDeps } from "./course.ts";
import { type MadeAttempt, makeHedgedAttempt } from "./hedge.ts";
import { toLabel } from "./candidate.ts";
import { decideNext, type NextStep } from "./decide-next.ts";
import type { Lane } from "./lane.ts";
import { readObject } from "./read-object.ts";
import { findOtherKey, type Row } from "./row.ts";

const MOST_ATTEMPTS = 8;
/** Two clocks may differ by a hair about the moment when a breaker lets somebody through. */
const LEAST_WAIT_MS = 20;
const BACKOFF = { baseMs: 500, maxMs: 30_000 };

/** Attempt after attempt, until an answer is whole or nothing is left to try. One deadline bounds them all. */
export async function answerQuestion<T>(
  deps: RouterDeps,
  asked: Question<T>,
): Promise<ModelAnswer<T>> {
  const course: Course = {
    attempts: [],
    sent: 0,
    kept: "",
    corrections: [],
    isCorrected: false,
    isDoubted: false,
    changes: [],
    warnings: [],
  };
  const left = [...asked.rows];
  const repaired = new Set<string>();
  const spent = new Set<Lane>();
  let another: Lane | null = null;
  let failure: RegooseError | null = null;
  while (course.attempts.length < MOST_ATTEMPTS) {
    const [row] = left;
    const first: Lane | null = another ?? row?.pick() ?? null;
    if (row === undefined || first === null || asked.deadline.isOver()) break;
    const { lane, made }: MadeAttempt = await makeHedgedAttempt(deps, asked, course, {
      lane: first,
      findSpare: () => findSpare(left, first),
    });
    if (!(made instanceof RegooseError)) {
      const checked = doubt(asked, course, lane, made) ?? checkObject(asked, course, lane, made);
      if (!(checked instanceof RegooseError))
        return toAnswer(asked, course, lane, made, checked.object);
      failure = checked;
      // One turn to repair it; then another model.
      if (course.corrections.length > 0 && !course.isCorrected) {
        course.isCorrected = true;
        another = lane;
        continue;
      }
      course.corrections = [];
    } else if (made.code !== "RGS-7502" || failure === null) failure = made;
    const cause = made instanceof RegooseError ? made : failure;
    spent.add(lane);
    another = findOtherKey(row, cause, spent);
    if (another !== null) {
      if (lane.isRefused()) course.warnings.push(describeRefusal(lane, cause));
      continue;
    }
    const standing = { left, repaired, attempts: course.attempts.length };
    const next = await follow(deps, asked, lane, cause, standing);
    if (next === "give-up") break;
    if (next === "other") leave(asked, left, cause);
    spent.clear();
  }
  throw toLast(asked, course, failure);
}

/** Who is asked beside a model that does not begin: the next one, another key, or the same again. */
function findSpare([row, next]: readonly Row[], first: Lane): Lane | null {
  const others = [next?.pick(), row?.pick(new Set([first])), first];
  return (
    others.find((lane) => lane != null && lane.breaker() === "closed" && !lane.isRefused()) ?? null
  );
}

function describeRefusal({ candidate, key }: Lane, { message }: RegooseError): string {
  const count = candidate.moreKeys.length + 1;
  return `key ${key + 1} of ${count} of ${candidate.provider} was passed by: ${message}`;
}

/** Goes on to the next model. */
function leave<T>(asked: Question<T>, left: Row[], { code }: RegooseError): void {
  const from = left.shift();
  const [to] = left;
  if (from === undefined || to === undefined) return;
  asked.tell({
    ...{ name: "fallback", code },
    from: toName(from.candidate),
    to: toName(to.candidate),
  });
}

function toName({ provider, model }: ModelName): ModelName {
  return { provider, model };
}

interface Standing {
  /** The model that was asked, and those after it. */
  readonly left: readonly Row[];
  readonly repaired: Set<string>;
  readonly attempts: number;
}

/** Waits where that is the next step. */
async function follow<T>(
  deps: RouterDeps,
  asked: Question<T>,
  lane: Lane,
  failure: RegooseError,
  { left, repaired, attempts }: Standing,
): Promise<"again" | "other" | "give-up"> {
  const step = decideNext(failure, left[0]);
  switch (step.do) {
    case "give-up":
      return "give-up";
    case "repair":
      return repair(deps, lane, step, repaired) ? "again" : "give-up";
    case "other":
      return left.length > 1 ? "other" : "give-up";
    case "other-or-again":
      if (left.length > 1) return "other";
      break;
    case "again":
      break;
  }
  const waitMs = Number.isFinite(step.waitMs)
    ? Math.max(LEAST_WAIT_MS, step.waitMs)
    : toBackoffMs(BACKOFF, attempts, null, deps.random);
  if (waitMs >= asked.deadline.remainingMs() || !lane.retries.hasRoom())
    return left.length > 1 ? "other" : "give-up";
  await deps.clock.sleep(waitMs, asked.signal);
  return "again";
}

/** Once for each parameter: what is refused twice is refused for another reason. */
function repair(
  { learned }: RouterDeps,
  { candidate }: Lane,
  { parameter }: Extract<NextStep, { readonly do: "repair" }>,
  repaired: Set<string>,
): boolean {
  const { kind } = candidate.endpoint;
  const name = findParameter(kind, parameter);
  const key = `${toLabel(candidate)} ${parameter}`;
  if (name === null || candidate.policy !== "adapt" || repaired.has(key)) return false;
  repaired.add(key);
  learned.add(candidate, name);
  return true;
}

/** Once in a call, an answer that may be damaged counts as one that broke off. */
function doubt<T>(
  asked: Question<T>,
  course: Course,
  { candidate: { provider, model } }: Lane,
  { oddities, requestId, text }: WireOutcome,
): RegooseError | null {
  if (oddities.length === 0 || course.isDoubted) return null;
  course.isDoubted = true;
  if (text !== "") asked.tell({ name: "text-reset", keptLength: course.kept.length });
  const facts = { provider, model, status: null, requestId };
  return createModelError("RGS-4010", facts, `sent a damaged answer: ${oddities.join("; ")}`);
}

/** Holds the object to its schema; a misfit puts the request to correct it into the course. */
function checkObject<T>(
  { request, tell }: Question<T>,
  course: Course,
  lane: Lane,
  outcome: WireOutcome,
): { readonly object: T } | RegooseError {
  if (request.answer === undefined || outcome.toolCalls.length > 0)
    return { object: undefined as T };
  const read = readObject(request.answer, outcome.text);
  if (read.kind === "fits") return read;
  // Whoever listens has put its text together by now.
  tell({ name: "text-reset", keptLength: 0 });
  const { provider, model } = lane.candidate;
  const facts = { provider, model, status: null, requestId: outcome.requestId };
  if (outcome.finish === "length")
    return createModelError("RGS-4015", facts, "met the limit on output tokens in mid-object");
  course.corrections = [
    { role: "assistant", text: outcome.text },
    {
      role: "user",
      text: `That does not fit: ${read.problems}. Answer again with the JSON object alone.`,
    },
  ];
  return createModelError(
    "RGS-4012",
    facts,
    `answered in another shape than asked for: ${read.problems}`,
  );
}

function toAnswer<T>(
  { question }: Question<T>,
  course: Course,
  { candidate }: Lane,
  outcome: WireOutcome,
  object: T,
): ModelAnswer<T> {
  const { attempts, changes, warnings, kept } = course;
  return {
    question,
    text: `${kept}${outcome.text}`,
    object,
    toolCalls: outcome.toolCalls.map(toToolCall),
    reasoning: outcome.reasoning === "" ? null : outcome.reasoning,
    finish: outcome.finish ?? "other",
    requested: { provider: candidate.provider, model: candidate.model },
    served: outcome.served,
    source: "network",
    attempts,
    usage: attempts.reduce((sum, { usage }) => addTokens(sum, usage), NO_TOKENS),
    changes,
    warnings,
    ...(outcome.oddities.length === 0 ? {} : { oddities: outcome.oddities }),
  };
}

function toToolCall({ id, name, input }: WireOutcome["toolCalls"][number]): ToolCall {
  return { id, name, input: input === "" ? {} : (JSON.parse(input) as unknown) };
}

/** The last failure, with what was tried before it. */
function toLast<T>(
  asked: Question<T>,
  { attempts }: Course,
  failure: RegooseError | null,
): RegooseError {
  if (failure === null) {
    const [row] = asked.rows;
    const { provider = "", model = "" } = row?.candidate ?? {};
    const facts = { provider, model, status: null, requestId: null };
    return createModelError("RGS-4009", facts, "was not asked: the time for the call was over");
  }
  const tried = attempts.map(
    ({ requested, failure: one }) => `${toLabel(requested)} ${one?.code ?? "answered"}`,
  );
  if (tried.length < 2) return failure;
  return new RegooseError(failure.code, `${failure.message} (after ${tried.length} attempts)`, {
    hint: failure.hint,
    retryAfterMs: failure.retryAfterMs,
    cause: failure.cause ?? failure,
    details: { ...failure.details, tried },
  });
}
