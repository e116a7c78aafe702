import type { ReadConfig } from "../sources/config-file.ts";
import { type Leaf, type Origin, type OriginKind, toLeaves } from "./leaf.ts";

/** What a file sets besides its profiles. */
export function toFileLeaves(file: ReadConfig | null, kind: OriginKind): readonly Leaf[] {
  if (file?.outcome.kind !== "parsed") return [];
  const { config, placeOf } = file.outcome;
  return toLeaves(config, (path) => toFileOrigin(kind, file.shownAs, placeOf(path), null));
}

/** Names file, line and column, and the profile where one is meant. */
export function toFileOrigin(
  kind: OriginKind,
  file: string,
  place: { readonly line: number; readonly column: number },
  profile: string | null,
): Origin {
  const text = `${file}:${place.line}:${place.column}`;
  return { kind, file, ...place, text: profile === null ? text : `profiles.${profile} in ${text}` };
}
