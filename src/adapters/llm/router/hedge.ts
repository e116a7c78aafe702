import { RegooseError } from "../../../kernel/errors.ts";
import type { ModelEvent } from "../../../ports/model.ts";
import type { WireOutcome } from "../wire/wire.ts";
import type { Course, Question, RouterDeps } from "./course.ts";
import type { Lane } from "./lane.ts";
import { makeAttempt, OVERTAKEN } from "./make-attempt.ts";

/** What came of an attempt, and who made it. */
export interface MadeAttempt {
  readonly lane: Lane;
  readonly made: WireOutcome | RegooseError;
}

interface Runner {
  readonly lane: Lane;
  readonly cut: AbortController;
  readonly end: Promise<MadeAttempt>;
}

/**
 * One attempt, and where no token of it comes in the time that is configured, a second one beside it (hedged requests:
 * Dean and Barroso, The Tail at Scale, 2013). Who begins first to answer is heard; the other one is cut off, and what
 * it has cost counts. Only the first attempt of a call is hedged, and only within the budget for retries.
 */
export async function makeHedgedAttempt<T>(
  deps: RouterDeps,
  asked: Question<T>,
  course: Course,
  { lane, findSpare }: { readonly lane: Lane; readonly findSpare: () => Lane | null },
): Promise<MadeAttempt> {
  const { hedgeAfterMs } = lane.candidate;
  if (hedgeAfterMs === null || course.sent > 0)
    return { lane, made: await makeAttempt(deps, asked, course, lane) };
  const race = createRace(deps, asked, course);
  const first = race.start(lane, false);
  const isLate = await race.waitFor(hedgeAfterMs, first);
  const spare = isLate ? findSpare() : null;
  if (spare === null || !spare.retries.hasRoom()) return await first.end;
  return await settle(first, race.start(spare, true));
}

interface Race {
  start(lane: Lane, isHedge: boolean): Runner;
  /** True once the time is over; false as soon as there is an answer, a beginning of one, or a failure. */
  waitFor(durationMs: number, first: Runner): Promise<boolean>;
}

function createRace<T>(deps: RouterDeps, asked: Question<T>, course: Course): Race {
  const runners: Runner[] = [];
  const begun = new AbortController();
  let winner: Runner | null = null;
  const hear = (runner: Runner, event: ModelEvent): void => {
    const isText = event.name === "text-delta" || event.name === "reasoning-delta";
    if (isText && winner === null) {
      winner = runner;
      begun.abort(new Error("an answer begins"));
      for (const other of runners) if (other !== runner) other.cut.abort(createOvertaken());
    }
    // Of two streams, one is heard.
    if ((isText || event.name === "text-reset") && winner !== runner) return;
    asked.tell(event);
  };
  return {
    start(lane, isHedge) {
      const cut = new AbortController();
      const tell = (event: ModelEvent): void => {
        hear(runner, event);
      };
      const runner: Runner = {
        ...{ lane, cut },
        end: makeAttempt(deps, { ...asked, tell }, course, lane, { cut: cut.signal, isHedge }).then(
          (made) => ({ lane, made }),
          (failure: unknown) => {
            // Cut off before its turn, or there is no money for a second one: the first one goes on.
            const isOwn =
              failure === cut.signal.reason || (isHedge && failure instanceof RegooseError);
            if (isOwn && !asked.signal.aborted) return { lane, made: failure as RegooseError };
            throw failure;
          },
        ),
      };
      runners.push(runner);
      return runner;
    },
    async waitFor(durationMs, first) {
      const stop = new AbortController();
      const waiting = AbortSignal.any([begun.signal, stop.signal]);
      const settled = first.end.then(
        () => false,
        () => false,
      );
      const late = deps.clock.sleep(durationMs, waiting).then(
        () => true,
        () => false,
      );
      const isLate = await Promise.race([settled, late]);
      stop.abort(new Error("nobody waits any more"));
      return isLate;
    },
  };
}

/** The answer of the one that has one; the other is cut off. */
async function settle(first: Runner, second: Runner): Promise<MadeAttempt> {
  const tagged = [first, second].map((runner) => runner.end.then((end) => ({ ...end, runner })));
  const one = await Promise.race(tagged);
  const other = one.runner === first ? second : first;
  if (!(one.made instanceof RegooseError)) {
    other.cut.abort(createOvertaken());
    await other.end.catch(() => undefined);
    return { lane: one.lane, made: one.made };
  }
  const rest = await other.end;
  if (!(rest.made instanceof RegooseError)) return rest;
  // Both failed: what the first one failed with decides, unless it was cut off for the other.
  const [own, hedged] = other === second ? [one, rest] : [rest, one];
  return own.made instanceof RegooseError && own.made.code === OVERTAKEN ? hedged : own;
}

function createOvertaken(): RegooseError {
  return new RegooseError(OVERTAKEN, "another request for the same answer was quicker");
}
