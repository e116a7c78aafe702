import { NO_MUTANT } from "../../contract/mutant.ts";
/** A test of a file on which mutants are tried. */
export interface PairTest {
  /** `file::fullTitle`. */
  readonly key: string;
  readonly printed: { readonly file: string; readonly fullTitle: string };
}

/** Mutants to try against one test, by switch id. */
export interface PairList {
  readonly test: PairTest;
  readonly switchIds: readonly string[];
  /** How often these pairs came back without an answer. @defaultValue 0 */
  readonly attempt?: number;
}

/**
 * One process worth of pairs.
 * - `bulk`: many pairs, with controls on unmutated code around them.
 * - `careful`: each pair behind a control of its own, for kills whose surroundings were suspect.
 * - `solo`: one mutant on from the start in a run of the file, for tests that pass only once in a process.
 */
export interface Job {
  readonly kind: "bulk" | "careful" | "solo";
  readonly lists: readonly PairList[];
}

/** Mutants between two controls. A dirty segment costs one process, and another for each mutant that does damage. */
const SEGMENT = 64;

/** What a list executes in its process, controls included, in order. */
export function toSequence(kind: "bulk" | "careful", list: PairList): readonly string[] {
  if (kind === "careful") return list.switchIds.flatMap((switchId) => [NO_MUTANT, switchId]);
  // Two controls at the start: the second shows that the test may be run again at all.
  return [
    NO_MUTANT,
    NO_MUTANT,
    ...toSegments(list.switchIds).flatMap((segment) => [...segment, NO_MUTANT]),
  ];
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
    chunk.push({ ...list, switchIds: list.switchIds.slice(0, room) });
    if (list.switchIds.length > room) {
      pending.unshift({ ...list, switchIds: list.switchIds.slice(room) });
    }
    room -= list.switchIds.length;
  }
  return chunk;
}
