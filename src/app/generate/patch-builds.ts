import type { PatchBuild, SourcePosition } from "../../contract/mutant.ts";
import {
  applyPatch,
  createPatchMutant,
  isPatch,
  toMutant,
  type PatchMutant,
} from "../../contract/patch-mutant.ts";
import type { ProofMutant } from "../../contract/proof-card.ts";
import type { SourceText } from "../../ports/mutant-engine.ts";

/** A patch with the file that it makes; null where its original text does not stand there. */
export function toPatchBuild(source: string, patch: PatchMutant): PatchBuild | null {
  const content = applyPatch(source, patch);
  if (content === null) return null;
  return { mutant: toMutant(source, patch), overlay: { [patch.file]: content } };
}

/** Those whose text stands in the sources. */
export function toPatchBuilds(
  patches: readonly PatchMutant[],
  sources: readonly SourceText[],
): readonly PatchBuild[] {
  return patches.flatMap((patch) => {
    const source = sources.find(({ path }) => path === patch.file)?.content;
    return (source === undefined ? null : toPatchBuild(source, patch)) ?? [];
  });
}

/**
 * The patches that a proof speaks of, found again in the sources as they are now. What a proof says is not believed: a
 * patch whose place holds another text has another identity, and is left out.
 */
export function findPatches(
  mutants: readonly ProofMutant[],
  sources: readonly SourceText[],
): readonly PatchBuild[] {
  return mutants.flatMap((mutant) => {
    if (!isPatch(mutant)) return [];
    const source = sources.find(({ path }) => path === mutant.file)?.content;
    if (source === undefined) return [];
    const offset = toOffset(source, mutant.range.start);
    const proposal = {
      ...{ file: mutant.file, offset, replacement: mutant.replacement },
      original: source.slice(offset, toOffset(source, mutant.range.end)),
      by: { kind: "agent", name: "", why: "" } as const,
    };
    const patch = createPatchMutant(source, proposal);
    const build = patch?.id === mutant.id ? toPatchBuild(source, patch) : null;
    // Who proposed it stands in the proof alone.
    return build === null
      ? []
      : [{ ...build, mutant: { ...build.mutant, mutator: mutant.mutator } }];
  });
}

export function toOffset(source: string, { line, column }: SourcePosition): number {
  let offset = 0;
  for (let at = 1; at < line; at += 1) {
    const next = source.indexOf("\n", offset);
    if (next < 0) return source.length;
    offset = next + 1;
  }
  return Math.min(source.length, offset + column);
}
