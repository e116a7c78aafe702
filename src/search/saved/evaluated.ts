import type { TestProgram } from "../../contract/program.ts";
import { shortHash } from "../../kernel/hash.ts";

/**
 * Which programs an island has run against every mutant of its share that they reach. Shares follow from the number
 * of islands, so that what was noted with another number says nothing.
 */
export interface Evaluated {
  /** Whether an earlier process of this search did so. */
  wasBefore(island: number, program: TestProgram): boolean;
  note(island: number, program: TestProgram): void;
  /** Notes the first `count` of a list that stays the same from call to call. */
  noteFirst(island: number, programs: readonly TestProgram[], count: number): void;
  /** Keys of programs, one list an island. */
  list(): readonly (readonly string[])[];
}

/** `before`: what an earlier process left. */
export function createEvaluated(
  islands: number,
  before: readonly (readonly string[])[] = [],
): Evaluated {
  const known = before.length === islands ? before : [];
  const earlier = Array.from({ length: islands }, (_none, island) => new Set(known[island]));
  const all = earlier.map((keys) => new Set(keys));
  const noted = earlier.map(() => 0);
  const note = (island: number, program: TestProgram): void =>
    void all[island]?.add(toKey(program));
  return {
    wasBefore: (island, program) => earlier[island]?.has(toKey(program)) === true,
    note,
    noteFirst(island, programs, count) {
      for (const program of programs.slice(noted[island] ?? 0, count)) note(island, program);
      noted[island] = Math.max(noted[island] ?? 0, count);
    },
    list: () => all.map((keys) => [...keys]),
  };
}

function toKey(program: TestProgram): string {
  return shortHash(JSON.stringify(program));
}
