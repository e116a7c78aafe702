import { NO_MUTANT } from "../../contract/mutant.ts";
import type { SuiteTest } from "../suite.ts";

/** Mutants to try against one test, by switch id. */
export interface PairList {
  readonly test: SuiteTest;
  readonly switchIds: readonly string[];
}

/**
 * One process worth of pairs.
 * - `bulk`: many pairs, with controls on unmutated code between them.
 * - `careful`: one pair behind one control, for a kill whose surroundings were suspect.
 * - `solo`: one pair and nothing before it, for tests that pass only once in a process.
 */
export interface Job {
  readonly kind: "bulk" | "careful" | "solo";
  readonly lists: readonly PairList[];
}

/** Mutants between two controls. A dirty segment costs one process for each kill in it. */
const SEGMENT = 16;

/** What a list executes in its process, controls included, in order. */
export function toSequence(kind: Job["kind"], list: PairList): readonly string[] {
  switch (kind) {
    case "solo":
      return list.switchIds;
    case "careful":
      return [NO_MUTANT, ...list.switchIds];
    case "bulk":
      // Two controls at the start: the second shows that the test may be run again at all.
      return [
        NO_MUTANT,
        NO_MUTANT,
        ...toSegments(list.switchIds).flatMap((segment) => [...segment, NO_MUTANT]),
      ];
  }
}

export function toSegments(switchIds: readonly string[]): readonly (readonly string[])[] {
  const segments: string[][] = [];
  for (let at = 0; at < switchIds.length; at += SEGMENT) {
    segments.push(switchIds.slice(at, at + SEGMENT));
  }
  return segments;
}

export function countPairs(lists: readonly PairList[]): number {
  return lists.reduce((sum, list) => sum + list.switchIds.length, 0);
}

/** Takes about `size` pairs off the front of `pending`, in order. */
export function takeChunk(pending: PairList[], size: number): readonly PairList[] {
  const chunk: PairList[] = [];
  let room = Math.max(1, size);
  while (room > 0) {
    const list = pending.shift();
    if (list === undefined) break;
    chunk.push({ test: list.test, switchIds: list.switchIds.slice(0, room) });
    if (list.switchIds.length > room) {
      pending.unshift({ test: list.test, switchIds: list.switchIds.slice(room) });
    }
    room -= list.switchIds.length;
  }
  return chunk;
}

/** Two halves of a job with more than one pair. */
export function halve(lists: readonly PairList[]): readonly (readonly PairList[])[] {
  const rest = [...lists];
  const first = takeChunk(rest, Math.ceil(countPairs(lists) / 2));
  return [first, rest];
}
