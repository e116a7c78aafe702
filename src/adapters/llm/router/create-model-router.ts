import type { ModelAnswer } from "../../../contract/model/answer.ts";
import type { ModelRequest, ModelRole } from "../../../contract/model/request.ts";
import type { ModelParameters } from "../../../contract/model/parameters.ts";
import { createDeadline } from "../../../kernel/clock.ts";
import { RegooseError } from "../../../kernel/errors.ts";
import type { ModelCallOptions, ModelPort, ModelState } from "../../../ports/model.ts";
import { estimateInput } from "../wire/read-usage.ts";
import { type AnswerStore, type StoredAnswer, toStored } from "./answer-store.ts";
import {
  type ParameterSources,
  toCallParameters,
  toRoleParameters,
} from "../parameters/merge-parameters.ts";
import { type Candidate, chooseCandidates } from "./candidate.ts";
import { createLane } from "./lane.ts";
import type { RouterDeps } from "./course.ts";
import { toQuestion, toSchema } from "./question.ts";
import { toCacheKey } from "./plan-for.ts";
import { readObject } from "./read-object.ts";
import { createRow, type Row } from "./row.ts";
import { answerQuestion } from "./answer-question.ts";

export interface RouterOptions {
  /** In order of preference. */
  readonly candidates: readonly Candidate[];
  /** Models of roles that have their own, in order of preference; nobody else asks them unless they are named. */
  readonly roleCandidates?: RoleCandidates | undefined;
  /** What is asked for beside what stands at the candidates and in requests. */
  readonly parameters?: ParameterSources | undefined;
  /** Bound on one call with all of its attempts and waits, ms. */
  readonly deadlineMs: number;
  /** Answers that need not be paid for again. */
  readonly cache?: AnswerStore | undefined;
  /** Answers of this run: kept as they come (`record`), or the only ones there are (`replay`). */
  readonly recording?:
    { readonly store: AnswerStore; readonly mode: "record" | "replay" } | undefined;
}

export type RoleCandidates = Readonly<Partial<Record<ModelRole, readonly Candidate[]>>>;

/** The port on real providers: fallback, waits, limits, money, cache and recording around the wire. */
export function createModelRouter(deps: RouterDeps, options: RouterOptions): ModelPort {
  const rows = new Map<Candidate, Row>();
  const rowOf = (candidate: Candidate): Row => {
    const known = rows.get(candidate);
    if (known !== undefined) return known;
    const keys = Array.from({ length: candidate.moreKeys.length + 1 }, (_none, key) => key);
    const lanes = keys.map((key) => createLane(deps.clock, candidate, key, deps.onBreaker));
    const made = createRow(candidate, lanes);
    rows.set(candidate, made);
    return made;
  };
  async function generate<T>(
    request: ModelRequest<T>,
    callOptions: ModelCallOptions,
  ): Promise<ModelAnswer<T>> {
    callOptions.signal.throwIfAborted();
    const schema = toSchema(request);
    const sources = options.parameters ?? {};
    const parameters = toRoleParameters(sources, request);
    const parametersOf = (candidate: Candidate): ModelParameters =>
      toCallParameters(sources, request, candidate);
    const question = toQuestion(request, parameters, schema);
    const recorded = await recall(options, request, question);
    if (recorded !== null) return recorded;
    const inputTokens = estimateInput(request.messages, JSON.stringify([request.tools, schema]));
    const room = { inputTokens, parameters };
    const candidates = chooseCandidates(listFor(options, request), request, room);
    const toKey = (): string => toCacheKey(deps, { question, parametersOf }, candidates);
    const cached = await options.cache?.get(toKey());
    if (cached != null) {
      await options.recording?.store.put(question, cached);
      return toAnswer(request, cached, "cache");
    }
    const answer = await answerQuestion(deps, {
      ...{ request, question, schema, parameters, parametersOf, inputTokens },
      rows: candidates.map(rowOf),
      deadline: callOptions.deadline ?? createDeadline(deps.clock, options.deadlineMs),
      signal: callOptions.signal,
      tell: callOptions.onEvent ?? (() => undefined),
    });
    const stored = toStored(answer);
    await options.recording?.store.put(question, stored);
    // Once more: what a model refused on the way is asked of it no more.
    if (stored.odd === undefined) await options.cache?.put(toKey(), stored);
    return answer;
  }

  return {
    generate,
    models: () => listAll(options).map((candidate) => toState(candidate, rowOf(candidate))),
  };
}

function toState(candidate: Candidate, row: Row): ModelState {
  const { provider, model, capabilities, contextTokens } = candidate;
  const [breaker, waitMs] = [row.breaker(), row.waitMs()];
  return { provider, model, capabilities, contextTokens, breaker, waitMs };
}

/** Each model once. */
function listAll({ candidates, roleCandidates = {} }: RouterOptions): readonly Candidate[] {
  return [...new Set([...candidates, ...Object.values(roleCandidates).flat()])];
}

/** Who may be asked: whom the request names of all, else the role's own, else the usual ones. */
function listFor(
  options: RouterOptions,
  { role, model }: ModelRequest<unknown>,
): readonly Candidate[] {
  if (model !== undefined) return listAll(options);
  return options.roleCandidates?.[role] ?? options.candidates;
}

/** What the run's own recording has; a replay has nothing else. */
async function recall<T>(
  { recording }: RouterOptions,
  request: ModelRequest<T>,
  question: string,
): Promise<ModelAnswer<T> | null> {
  if (recording === undefined) return null;
  const known = await recording.store.get(question);
  // What came damaged is asked for anew by a run that goes on; a replay takes it as it was.
  if (known !== null && (known.odd === undefined || recording.mode === "replay"))
    return toAnswer(request, known, "recording");
  if (recording.mode === "replay") throw createNotRecorded(question);
  return null;
}

/** A stored answer is held to the schema again: it may be of an older one. */
export function toAnswer<T>(
  request: ModelRequest<T>,
  stored: StoredAnswer,
  source: "cache" | "recording",
): ModelAnswer<T> {
  const { question, text, toolCalls, reasoning, finish, requested, served, usage } = stored;
  const { changes } = stored;
  const read = request.answer === undefined ? null : readObject(request.answer, stored.text);
  if (read?.kind === "misfits")
    throw new RegooseError("RGS-4012", `a stored answer does not fit: ${read.problems}`);
  return {
    ...{ question, text, toolCalls, reasoning, finish, requested, served, usage },
    object: read?.object as T,
    source,
    attempts: [],
    changes,
    warnings: stored.odd ?? [],
    oddities: stored.odd,
  };
}

function createNotRecorded(question: string): RegooseError {
  return new RegooseError("RGS-4019", `the question ${question} is not in the recording`, {
    details: { question },
  });
}
