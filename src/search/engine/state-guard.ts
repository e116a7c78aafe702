import type { TestProgram } from "../../contract/program.ts";
import type { Counters } from "../worker/counters.ts";
import type { Execution } from "../worker/executor.ts";
import type { Steps } from "../worker/pump.ts";
import type { Session } from "../worker/session.ts";
import type { Deferral } from "./deferral.ts";
import { toCalleeKey } from "./program-tools.ts";

/**
 * Notices when a program changes what later programs find, as `addRule(/./, "x")` does to everything that looks for
 * a rule. Known programs, the sentinels, run again now and then; where one answers otherwise, the process is spent.
 */
export interface StateGuard {
  /** Takes note of a program that is about to run. */
  note(program: TestProgram): void;
  /** Makes a sentinel of a program that showed something new, where it answers the same twice. */
  adopt(program: TestProgram): Steps<void>;
  /** Looks at sentinels after a step; true when one of them answers otherwise than it did. */
  isStateChanged(): Steps<boolean>;
}

/** Most sentinels; new ones take the place of the oldest. */
const MAX_SENTINELS = 16;
/** Sentinels that are looked at each time: the newest, and one of the others in turn. */
const LOOKS = 4;
/**
 * At the start of a job sentinels are looked at after each program, so many times and so much of its limit; later
 * each time that so many executions went by.
 */
const CLOSE_LOOKS = 300;
const CLOSE_SHARE = 0.2;
const LOOK_EVERY = 100;
/** Share of the limit after which a fresh process no longer pays. */
const LAST_LOOK = 0.5;
/** Share of looks without harm from which a callee is too common to be put off. */
const COMMONPLACE = 0.6;

interface Sentinel {
  readonly program: TestProgram;
  readonly answer: string;
}

/** Creates the guard of one coverage job; one that does nothing unless `isWatching`. */
export function createStateGuard(
  session: Session,
  counters: Counters,
  options: { readonly isWatching: boolean; readonly deferral: Deferral },
): StateGuard {
  return new SentinelGuard(session, counters, options);
}

class SentinelGuard implements StateGuard {
  readonly #session: Session;
  readonly #counters: Counters;
  readonly #deferral: Deferral;
  readonly #sentinels: Sentinel[] = [];
  /** Callee → programs with it that changed nothing. */
  readonly #harmless = new Map<string, number>();
  /** Programs that ran since the last look. */
  readonly #ran: TestProgram[] = [];
  #isWatching: boolean;
  #looks = 0;
  #turn = 0;
  #nextLookAt = 0;

  constructor(
    session: Session,
    counters: Counters,
    { isWatching, deferral }: { readonly isWatching: boolean; readonly deferral: Deferral },
  ) {
    this.#session = session;
    this.#counters = counters;
    this.#isWatching = isWatching;
    this.#deferral = deferral;
  }

  note(program: TestProgram): void {
    if (this.#isWatching) this.#ran.push(program);
  }

  *adopt(program: TestProgram): Steps<void> {
    if (!this.#isWatching || program.usesFixture) return;
    const answer = yield* this.#ask(program);
    if (answer === null || (yield* this.#ask(program)) !== answer) return;
    this.#sentinels.push({ program, answer });
    if (this.#sentinels.length > MAX_SENTINELS) this.#sentinels.shift();
  }

  *isStateChanged(): Steps<boolean> {
    if (!this.#isWatching) return false;
    if (this.#deferral.isSpoilt() || this.#session.progress() > LAST_LOOK) {
      this.#isWatching = false;
      return false;
    }
    const isClose = this.#looks < CLOSE_LOOKS && this.#session.progress() < CLOSE_SHARE;
    if (!isClose && this.#session.executions() < this.#nextLookAt) return false;
    this.#looks += 1;
    this.#nextLookAt = this.#session.executions() + LOOK_EVERY;
    const ran = this.#ran.splice(0);
    for (const { program, answer } of this.#chooseSentinels()) {
      if ((yield* this.#ask(program)) === answer) continue;
      this.#session.outbox.send({ kind: "state-changed", callee: this.#blame(ran) });
      return true;
    }
    for (const callee of new Set(ran.flatMap(toCallees)))
      this.#harmless.set(callee, (this.#harmless.get(callee) ?? 0) + 1);
    return false;
  }

  #chooseSentinels(): readonly Sentinel[] {
    const newest = this.#sentinels.slice(-LOOKS + 1);
    this.#turn += 1;
    const others = this.#sentinels.slice(0, -LOOKS + 1);
    const one = others[this.#turn % Math.max(1, others.length)];
    return one === undefined ? newest : [...newest, one];
  }

  *#ask(program: TestProgram): Steps<string | null> {
    const execution: Execution = yield* this.#session.execute(program);
    if (execution.problem !== null || execution.touchedFiles) return null;
    return `${this.#counters.listHit().join()} ${JSON.stringify(execution.recording)}`;
  }

  /** The callee that was seen least without harm, of those that ran since the last look; null for one seen often. */
  #blame(ran: readonly TestProgram[]): string | null {
    const callees = [...new Set(ran.flatMap(toCallees))];
    const count = (callee: string): number => this.#harmless.get(callee) ?? 0;
    callees.sort((a, b) => count(a) - count(b));
    const callee = callees[0];
    return callee === undefined || count(callee) > this.#looks * COMMONPLACE ? null : callee;
  }
}

function toCallees(program: TestProgram): string[] {
  return program.statements.map((statement) => toCalleeKey(program, statement));
}
