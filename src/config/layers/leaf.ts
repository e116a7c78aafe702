import { CONFIG_KEYS, FILE_KEYS, type KeyFacts, SETTINGS } from "../keys.ts";
import { PROVIDER_KEYS, type ProviderKey } from "../provider-keys.ts";
import { EXPERIMENT_KEYS, FLAGS } from "../flags/registry.ts";
import type { FileConfig, ProfileConfig } from "../schema.ts";
import { SERVER_SETTINGS } from "../server/server-keys.ts";

/** Kinds of sources, later ones winning. */
export const ORIGIN_KINDS = [
  "default",
  "user",
  "project",
  "profile",
  "environment",
  "flag",
] as const;

export type OriginKind = (typeof ORIGIN_KINDS)[number];

/** Where one value comes from. */
export interface Origin {
  readonly kind: OriginKind;
  /** For people: `--seed`, `REGOOSE_SEED`, `profiles.ci in regoose.config.yaml:12:3`, `default`. */
  readonly text: string;
  /** The file as shown to people; null where no file is the source. */
  readonly file: string | null;
  /** 1-based; null where no file is the source. */
  readonly line: number | null;
  readonly column: number | null;
}

/** One value at one key. Lists, flags and experiments are one value; providers, roles, prices, headers and parameters are taken apart. */
export interface Leaf {
  /** Such as `["seed"]` or `["providers", "openai", "headers", "x-team"]`. */
  readonly path: readonly string[];
  readonly value: unknown;
  readonly origin: Origin;
}

/** All values of one source, with what that source may decide. */
export interface Layer {
  /** False where a project's own file decides; then keys of the machine's owner do not count. */
  readonly isOwner: boolean;
  /** True where the sandbox level may be lowered. */
  readonly mayLower: boolean;
  readonly leaves: readonly Leaf[];
}

/** An origin that is no file. */
export function toOrigin(kind: OriginKind, text: string): Origin {
  return { kind, text, file: null, line: null, column: null };
}

/** Keys of a provider that are taken apart once more; models by their name, and then by the parameter. */
export const NESTED: ReadonlySet<string> = new Set(["headers", "parameters", "models"]);

/** What decides who is asked, and what goes over the wire unseen: for the owner alone, wherever it stands. */
const OWNERS_OWN: ReadonlySet<string> = new Set(["models", "extraBody"]);

/** Takes a source apart. `originOf` gets the path of each leaf. */
export function toLeaves(
  config: ProfileConfig & Pick<FileConfig, "profile" | "trustedProjects" | "roles" | "prices">,
  originOf: (path: readonly string[]) => Origin,
): readonly Leaf[] {
  const leaves: Leaf[] = [];
  const add = (path: readonly string[], value: unknown): void => {
    if (value !== undefined) leaves.push({ path, value, origin: originOf(path) });
  };
  for (const key of [...CONFIG_KEYS, "profile", "trustedProjects"] as const)
    add([key], config[key]);
  for (const section of ["server", "flags", "experiments"] as const)
    for (const [key, value] of Object.entries(config[section] ?? {})) add([section, key], value);
  for (const [name, provider] of Object.entries(config.providers ?? {})) {
    for (const [key, value] of Object.entries(provider)) {
      if (!NESTED.has(key)) add(["providers", name, key], value);
    }
    for (const nested of ["headers", "parameters"] as const)
      for (const [inner, value] of Object.entries(provider[nested] ?? {}))
        add(["providers", name, nested, inner], value as unknown);
    for (const [model, parameters] of Object.entries(provider.models ?? {}))
      for (const [inner, value] of Object.entries(parameters))
        add(["providers", name, "models", model, inner], value as unknown);
  }
  for (const table of ["roles", "prices"] as const)
    for (const [name, row] of Object.entries(config[table] ?? {}))
      for (const [key, value] of Object.entries(row as object) as [string, unknown][])
        add([table, name, key], value);
  return leaves;
}

/** What the reference says about the key at a path; null where there is no such key. */
export function factsOf(path: readonly string[]): KeyFacts | null {
  const [first = "", second = "", third] = path;
  const of = <T extends object>(table: T, key: string): T[keyof T] | null =>
    Object.hasOwn(table, key) ? table[key as keyof T] : null;
  if (path.length === 1) return of(SETTINGS, first) ?? of(FILE_KEYS, first);
  if (first === "roles" && path.length === 3) return toOwn(FILE_KEYS.roles, third);
  if (first === "prices" && path.length === 3) return FILE_KEYS.prices;
  if (first === "server") return of(SERVER_SETTINGS, second);
  if (first === "flags") return of(FLAGS, second);
  // Whoever may set a flag may also have it dealt out.
  if (first === "experiments") return EXPERIMENT_KEYS.flag;
  const depth = third === "models" ? 5 : NESTED.has(third ?? "") ? 4 : 3;
  if (first !== "providers" || !(path.length === 3 || path.length === depth)) return null;
  const facts = of(PROVIDER_KEYS, third as ProviderKey);
  return facts === null || path.length === 3 ? facts : toOwn(facts, path.at(-1));
}

/** A parameter goes by the key that it stands below, but for what is the owner's. */
function toOwn(facts: KeyFacts, name: string | undefined): KeyFacts {
  return OWNERS_OWN.has(name ?? "") ? { ...facts, trust: "owner" } : facts;
}
