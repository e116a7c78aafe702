import { createPatchMutant, type PatchMutant } from "../../contract/patch-mutant.ts";
import { toSentence } from "../../contract/to-sentence.ts";
import type { SourceText } from "../../ports/mutant-engine.ts";
import { proposeEdits } from "./operators.ts";

/** What operators propose, and how many of that were left out. */
export interface OperatorPatches {
  readonly patches: readonly PatchMutant[];
  readonly leftOut: number;
}

/** Patches of the text operators for all files; where there are more than `most`, every so many of them. */
export function proposePatches(
  sources: readonly SourceText[],
  options: { readonly language: string; readonly most: number },
): OperatorPatches {
  const all = sources.flatMap(({ path, content }) =>
    proposeEdits(content, { file: path, language: options.language }).flatMap(
      (proposal) => createPatchMutant(content, proposal) ?? [],
    ),
  );
  const unique = [...new Map(all.map((patch) => [patch.id, patch])).values()];
  const step = unique.length / options.most;
  const patches =
    step <= 1
      ? unique
      : Array.from(
          { length: options.most },
          (_none, index) => unique[Math.floor(index * step)],
        ).filter((patch) => patch !== undefined);
  return { patches, leftOut: unique.length - patches.length };
}

/** What the report says of patches that are not tried. */
export function noteLeftOut({ patches, leftOut }: OperatorPatches): readonly string[] {
  if (leftOut === 0) return [];
  return [toSentence("patches-left-out", { left: leftOut, total: leftOut + patches.length })];
}
