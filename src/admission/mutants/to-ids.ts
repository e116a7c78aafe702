import type { AdmitInput } from "../../ports/gate.ts";

/** Switch id → id, of the mutants of the build and of those beside it. */
export function toIds({
  mutantBuild,
  patches = [],
}: Pick<AdmitInput, "mutantBuild" | "patches">): ReadonlyMap<string, string> {
  return new Map(
    [...mutantBuild.mutants, ...patches.map(({ mutant }) => mutant)].map(({ switchId, id }) => [
      switchId,
      id,
    ]),
  );
}
