import { factsOf, type Layer, type Leaf, type Origin } from "./leaf.ts";

/** One source's word on a key. */
interface Vote {
  readonly value: unknown;
  readonly origin: Origin;
}

/** A key with the value that counts. */
export interface MergedSetting extends Leaf {
  /** False where a project's own file decided, and nobody trusts the project. */
  readonly isOwner: boolean;
  /** What the sources say about it that may, in order of rising precedence; the last one counts. */
  readonly votes: readonly Vote[];
}

/** Path joined by dots → setting, in the order in which the keys first appear. */
export type MergedSettings = ReadonlyMap<string, MergedSetting>;

/** A value that does not count. */
export interface Refusal extends Leaf {
  /** A sentence. */
  readonly why: string;
}

/** Merges layers, later ones winning, and holds what each one may decide. */
export function mergeLayers(layers: readonly Layer[]): {
  readonly settings: MergedSettings;
  readonly refusals: readonly Refusal[];
} {
  const settings = new Map<string, MergedSetting>();
  const refusals: Refusal[] = [];
  for (const layer of layers) {
    for (const leaf of layer.leaves) {
      const { value, origin } = leaf;
      const key = leaf.path.join(".");
      const present = settings.get(key);
      const why = findRefusal(layer, leaf, present?.value);
      if (why !== null) refusals.push({ ...leaf, why });
      else {
        const votes = [...(present?.votes ?? []), { value, origin }];
        settings.set(key, { ...leaf, isOwner: layer.isOwner, votes });
      }
    }
  }
  return { settings, refusals };
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
