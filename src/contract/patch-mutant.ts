import { shortHash } from "../kernel/hash.ts";
import type { Mutant, SourcePosition } from "./mutant.ts";

/** Who proposed a patch. */
export type PatchProposer =
  /** A text operator, by its name: `relational`, `off-by-one`. */
  | { readonly kind: "operator"; readonly name: string }
  /** The Mutant agent: the model that was asked, and the fault it had in mind in one line; empty where it said none. */
  | { readonly kind: "agent"; readonly name: string; readonly why: string };

/** A mutant as an exact search-and-replace in one file. It is tried by a run of its own on a copy with the patch in it. */
export interface PatchMutant {
  /** Hash of (file, source, start, original, replacement); 16 hex digits. The same whoever proposed it. */
  readonly id: string;
  /** Project-relative POSIX path. */
  readonly file: string;
  /** Where `original` starts, in UTF-16 units from the start of the file. */
  readonly offset: number;
  /** The same place; line 1-based, column 0-based. */
  readonly start: SourcePosition;
  /** The text that stands at `offset`, exactly; never empty. */
  readonly original: string;
  /** What stands there instead; never the same text. */
  readonly replacement: string;
  readonly by: PatchProposer;
}

/** What a proposer says: where, and what becomes of it. */
export interface PatchProposal {
  readonly file: string;
  readonly offset: number;
  readonly original: string;
  readonly replacement: string;
  readonly by: PatchProposer;
}

/** The patch with its identity and place, or null where `original` is empty, unchanged, or does not stand there in `source`. */
export function createPatchMutant(source: string, proposal: PatchProposal): PatchMutant | null {
  const { file, offset, original, replacement, by } = proposal;
  if (original === "" || original === replacement || !source.startsWith(original, offset)) {
    return null;
  }
  const content = JSON.stringify([file, shortHash(source), offset, original, replacement]);
  const start = toPosition(source, offset);
  return { id: shortHash(content), file, offset, start, original, replacement, by };
}

/** `source` with the patch in it; null where its original text does not stand there. */
export function applyPatch(
  source: string,
  { offset, original, replacement }: Pick<PatchMutant, "offset" | "original" | "replacement">,
): string | null {
  if (!source.startsWith(original, offset)) return null;
  return source.slice(0, offset) + replacement + source.slice(offset + original.length);
}

/** What `Mutant.mutator` and proof files say of a patch: `patch:relational`, `patch:agent`. */
export function toPatchMutator(by: PatchProposer): string {
  return `patch:${by.kind === "operator" ? by.name : "agent"}`;
}

/** True for a mutant whose text a model wrote. */
export function isAgentPatch({ mutator }: Pick<Mutant, "mutator">): boolean {
  return mutator === "patch:agent";
}

/** True for a mutant that came from a patch. */
export function isPatch({ mutator }: Pick<Mutant, "mutator">): boolean {
  return mutator.startsWith("patch:");
}

/** The patch as reports and proof files know mutants. Its switch id is its own: nothing switches it at run time. */
export function toMutant(source: string, patch: PatchMutant): Mutant {
  const { id, file, offset, start, original, replacement, by } = patch;
  return {
    ...{ id, file, replacement },
    switchId: id,
    mutator: toPatchMutator(by),
    range: { start, end: toPosition(source, offset + original.length) },
  };
}

function toPosition(source: string, offset: number): SourcePosition {
  const before = source.slice(0, offset);
  const line = before.split("\n").length;
  return { line, column: offset - (before.lastIndexOf("\n") + 1) };
}
