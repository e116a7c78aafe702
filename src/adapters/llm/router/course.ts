import type { ModelAttempt } from "../../../contract/model/answer.ts";
import type { ModelParameters, ParameterChange } from "../../../contract/model/parameters.ts";
import type { ModelMessage, ModelRequest } from "../../../contract/model/request.ts";
import type { Clock, Deadline } from "../../../kernel/clock.ts";
import type { ModelEvent } from "../../../ports/model.ts";
import type { Budget } from "../money/budget.ts";
import type { PriceTable } from "../money/prices.ts";
import type { Dispatchers } from "../wire/dispatchers.ts";
import type { ModelProcesses } from "../wire/gguf/model-processes.ts";
import type { Candidate } from "./candidate.ts";
import type { BreakerListener } from "./lane.ts";
import type { Learned } from "./learned.ts";
import { askForRest, findWholeLength } from "./resume-text.ts";
import type { Row } from "./row.ts";

/** What the router works with. */
export interface RouterDeps {
  readonly clock: Clock;
  /** A float in [0, 1) for the jitter of waits; no answer depends on it. */
  readonly random: () => number;
  readonly dispatchers: Dispatchers;
  readonly processes: ModelProcesses;
  readonly prices: PriceTable;
  readonly budget: Budget;
  readonly learned: Learned;
  readonly onBreaker?: BreakerListener | undefined;
}

/** One question with everything that bounds it. */
export interface Question<T> {
  readonly request: ModelRequest<T>;
  readonly question: string;
  readonly schema: {
    readonly name: string;
    readonly json: Readonly<Record<string, unknown>>;
  } | null;
  /** What is asked for whichever model answers. */
  readonly parameters: ModelParameters;
  /** The same with what is configured and wished for of one model. */
  readonly parametersOf: (candidate: Candidate) => ModelParameters;
  readonly inputTokens: number;
  /** Models in order; never empty. */
  readonly rows: readonly Row[];
  readonly deadline: Deadline;
  readonly signal: AbortSignal;
  readonly tell: (event: ModelEvent) => void;
}

/** What is known in the course of the attempts. */
export interface Course {
  /** In the order in which they were sent. */
  readonly attempts: ModelAttempt[];
  /** Requests that were sent, those included that go on. */
  sent: number;
  /** Whole text of attempts that broke later. */
  kept: string;
  /** Messages beside the request's own: an answer that misfits, and what is wrong with it. */
  corrections: readonly ModelMessage[];
  isCorrected: boolean;
  /** An answer came damaged and was asked for again; the next one is taken as it is. */
  isDoubted: boolean;
  changes: readonly ParameterChange[];
  readonly warnings: string[];
}

/** Text up to what is whole is kept for the next attempt, where the request says what whole is. */
export function keepWhole<T>(asked: Question<T>, course: Course, heard: string): void {
  const isText = asked.schema === null && (asked.request.tools ?? []).length === 0;
  const all = `${course.kept}${heard}`;
  course.kept = isText ? all.slice(0, findWholeLength(all, asked.request.unit)) : "";
  if (heard !== "") asked.tell({ name: "text-reset", keptLength: course.kept.length });
}

/** The messages of the next attempt. */
export function toMessages<T>({ request }: Question<T>, course: Course): readonly ModelMessage[] {
  return [...askForRest(request.messages, course.kept), ...course.corrections];
}
