import { nearestName } from "../../kernel/nearest-name.ts";
import { type ConfigProblem, configInvalid } from "../errors.ts";
import { BUILT_IN_PROFILES } from "../profiles.ts";
import type { FileConfig } from "../schema.ts";
import type { ReadConfig } from "../sources/config-file.ts";
import { toFileOrigin } from "./file-leaves.ts";
import { type Layer, type Leaf, type Origin, toLeaves, toOrigin } from "./leaf.ts";
import type { MergedSetting } from "./merge.ts";

/** The files that may define profiles. */
export interface ProfileFiles {
  readonly user: ReadConfig | null;
  readonly project: ReadConfig | null;
}

/** A profile that the project chose decides no more than the project itself may. */
export function toProfileLayers(
  { user, project }: ProfileFiles,
  chosen: MergedSetting | undefined,
  isTrusted: boolean,
): readonly Layer[] {
  if (chosen === undefined) return [];
  const name = String(chosen.value);
  const isOwn = chosen.origin.kind !== "project";
  const builtIn = Object.hasOwn(BUILT_IN_PROFILES, name) ? BUILT_IN_PROFILES[name] : undefined;
  const inUser = toProfileLeaves(user, name);
  const inProject = toProfileLeaves(project, name);
  if (builtIn === undefined && inUser === null && inProject === null)
    throw configInvalid([toUnknownProfile(name, chosen.origin, [user, project])]);
  const own = { isOwner: isOwn || isTrusted, mayLower: isOwn };
  const origin = toOrigin("profile", `built-in profile ${name}`);
  return [
    { ...own, leaves: toLeaves(builtIn?.settings ?? {}, () => origin) },
    { ...own, leaves: inUser ?? [] },
    { isOwner: isTrusted, mayLower: false, leaves: inProject ?? [] },
  ];
}

/** Null where the file has no such profile. */
function toProfileLeaves(file: ReadConfig | null, name: string): readonly Leaf[] | null {
  if (file?.outcome.kind !== "parsed") return null;
  const { config, placeOf } = file.outcome;
  const profile = listProfiles(config).get(name);
  if (profile === undefined) return null;
  return toLeaves(profile, (path) =>
    toFileOrigin("profile", file.shownAs, placeOf(["profiles", name, ...path]), name),
  );
}

function listProfiles(config: FileConfig): ReadonlyMap<string, object> {
  return new Map(Object.entries(config.profiles ?? {}));
}

function toUnknownProfile(
  name: string,
  origin: Origin,
  files: readonly (ReadConfig | null)[],
): ConfigProblem {
  const own = files.flatMap((file) =>
    file?.outcome.kind === "parsed" ? [...listProfiles(file.outcome.config).keys()] : [],
  );
  const known = [...new Set([...Object.keys(BUILT_IN_PROFILES), ...own])];
  const near = nearestName(name, known);
  const advice = near === null ? `the profiles are ${known.join(", ")}` : `did you mean "${near}"?`;
  const source =
    origin.file ?? (origin.kind === "flag" ? "command line" : `environment ${origin.text}`);
  return {
    source,
    line: origin.line,
    column: origin.column,
    message: `there is no profile "${name.slice(0, 80)}"; ${advice}`,
  };
}
