import type { TestProgram } from "../../contract/program.ts";
import type { Session } from "../worker/session.ts";
import { toCalleeKey } from "./program-tools.ts";

/** Keeps programs that change what later ones find from running before the end of a job. */
export interface Deferral {
  /** True when the program must not run now; it is put off. */
  defers(program: TestProgram): boolean;
  /** A program that was put off and may run now; null when there is none. */
  takeReleased(): TestProgram | null;
  /** Lets everything run from now on; false when that was so before. */
  release(): boolean;
  /** True once programs that change the state may have run. */
  isSpoilt(): boolean;
}

/** Share of the limit from which programs that were put off may run: little is left that they could spoil. */
const RELEASE_AT = 0.85;
const MAX_DEFERRED = 200;

/** Puts off the programs that call one of `callees` (`toCalleeKey`). */
export function createDeferral(
  session: Pick<Session, "progress">,
  callees: readonly string[],
): Deferral {
  const deferred = new Set(callees);
  const waiting: TestProgram[] = [];
  let isReleased = deferred.size === 0;
  return {
    defers(program) {
      if (!isReleased && session.progress() > RELEASE_AT) isReleased = true;
      if (isReleased || !callsAny(program, deferred)) return false;
      if (waiting.length < MAX_DEFERRED) waiting.push(program);
      return true;
    },
    takeReleased: () => (isReleased ? (waiting.shift() ?? null) : null),
    release() {
      const isNews = !isReleased;
      isReleased = true;
      return isNews;
    },
    isSpoilt: () => isReleased && deferred.size > 0,
  };
}

/** Whether the program calls one of these (`toCalleeKey`). */
export function callsAny(program: TestProgram, callees: ReadonlySet<string>): boolean {
  return (
    callees.size > 0 &&
    program.statements.some((statement) => callees.has(toCalleeKey(program, statement)))
  );
}
