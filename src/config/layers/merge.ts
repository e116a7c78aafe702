import { factsOf, type Layer, type Leaf, type Origin } from "./leaf.ts";

/** One source's word on a key. */
interface Vote {
  readonly value: unknown;
  readonly origin: Origin;
  /** Why it does not count; null where it counts, or counted until a later source. */
  readonly refusal: string | null;
}

/** A key with the value that counts. */
export interface MergedSetting {
  readonly path: readonly string[];
  readonly value: unknown;
  readonly origin: Origin;
  /** Everything that any source says about it, in order of rising precedence. */
  readonly votes: readonly Vote[];
}

/** Path joined by dots → setting, in the order in which the keys first appear. */
export type MergedSettings = ReadonlyMap<string, MergedSetting>;

/** Merges layers, later ones winning, and holds what each one may decide. */
export function mergeLayers(layers: readonly Layer[]): {
  readonly settings: MergedSettings;
  /** Sentences on values that do not count, and why. */
  readonly notes: readonly string[];
} {
  const settings = new Map<string, MergedSetting>();
  const notes: string[] = [];
  for (const layer of layers) {
    for (const leaf of layer.leaves) {
      const { path, value, origin } = leaf;
      const key = path.join(".");
      const present = settings.get(key);
      const refusal = findRefusal(layer, leaf, present?.value);
      const votes = [...(present?.votes ?? []), { value, origin, refusal }];
      if (refusal === null) settings.set(key, { path, value, origin, votes });
      else {
        notes.push(refusal);
        if (present !== undefined) settings.set(key, { ...present, votes });
      }
    }
  }
  return { settings, notes };
}

function findRefusal(layer: Layer, leaf: Leaf, present: unknown): string | null {
  const { path, value, origin } = leaf;
  switch (factsOf(path)?.trust) {
    case "owner":
      if (layer.isOwner && !(path[0] === "trustedProjects" && origin.kind === "project"))
        return null;
      return `${origin.text}: ${path.join(".")} counts only from your own file, flags or environment, and was ignored; trustedProjects in your own file can change that`;
    case "raise-only":
      if (layer.mayLower || !lowers(present, value)) return null;
      return `the project's configuration asks for sandbox "${String(value)}"; a project cannot lower the level, type --sandbox ${String(value)} to do so`;
    case "anyone":
    case undefined:
      return null;
  }
}

/** How much isolation a setting asks for. */
const SANDBOX_RANK: Readonly<Record<string, number>> = { guarded: 0, auto: 1, namespace: 2 };

function lowers(present: unknown, wanted: unknown): boolean {
  return (SANDBOX_RANK[String(wanted)] ?? 0) < (SANDBOX_RANK[String(present)] ?? 0);
}
