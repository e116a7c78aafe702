import type { TestProgram } from "../../contract/program.ts";
import { toCalleeKey } from "../engine/program-tools.ts";

/** A callee of which no call makes a test, and what is in the way of most calls. */
export interface BarrenCallee {
  readonly callee: string;
  readonly problem: string;
}

/** Keeps count of what is in the way of each callee until a call of it makes a test. */
export interface BarrenTally {
  add(program: TestProgram, problem: string | null): void;
  list(): readonly BarrenCallee[];
}

/** Kinds of problems counted for one callee: their texts may hold values. */
const MAX_PROBLEMS = 20;
const MAX_LISTED = 50;
const MAX_TEXT = 500;
const MAX_CALLEES = 5_000;

/** Creates an empty tally. */
export function createBarrenTally(): BarrenTally {
  const problems = new Map<string, Map<string, number> | null>();
  return {
    add(program, problem) {
      const last = program.statements.at(-1);
      // What comes before the last statement usually ran in an earlier program, and well.
      if (last === undefined || !("args" in last)) return;
      const callee = toCalleeKey(program, last);
      const known = problems.get(callee);
      if (known === null) return;
      if (problem === null) {
        problems.set(callee, null);
        return;
      }
      if (known === undefined && problems.size >= MAX_CALLEES) return;
      const counts = known ?? new Map<string, number>();
      if (counts.has(problem) || counts.size < MAX_PROBLEMS)
        counts.set(problem, (counts.get(problem) ?? 0) + 1);
      problems.set(callee, counts);
    },
    list() {
      return [...problems]
        .flatMap(([callee, counts]) => {
          const [most] = [...(counts ?? [])].sort(([, left], [, right]) => right - left);
          return most === undefined ? [] : [{ callee, problem: most[0].slice(0, MAX_TEXT) }];
        })
        .slice(0, MAX_LISTED);
    },
  };
}
