import { posix } from "node:path";
import { classify } from "./classify.ts";
import { resolveRelative } from "./resolve-path.ts";
import type { SourceIndex } from "./source-index.ts";
import type { SourceTree } from "../files/tree.ts";

/** Resolves specifiers that are neither relative nor a package: `#internal`, tsconfig `paths`, the package's own name. */
export type AliasResolver = (specifier: string, fromFile: string) => string | null;

/** The files that loading some entries can load. */
export interface Reachable {
  /** In breadth-first order from the entries. */
  readonly files: readonly string[];
  /** False when modules are chosen at run time, so that more may be loaded. */
  readonly isComplete: boolean;
}

const MAX_REACHABLE = 3_000;

/** Follows imports, literal requires and path-like literals inside the tree, without running anything. */
export async function findReachable(
  tree: SourceTree,
  index: SourceIndex,
  entries: readonly string[],
  resolveAlias: AliasResolver,
): Promise<Reachable> {
  const seen = new Set<string>(entries);
  const queue = [...entries];
  const order: string[] = [];
  const dynamicFolders = new Set<string>();
  const add = (path: string): void => {
    if (seen.has(path) || seen.size >= MAX_REACHABLE) return;
    const role = classify(path);
    if (role === "declaration" || role === "other" || role === "test") return;
    seen.add(path);
    queue.push(path);
  };
  for (let path = queue.shift(); path !== undefined; path = queue.shift()) {
    order.push(path);
    const { facts } = await index.get(path);
    for (const specifier of [...facts.specifiers, ...facts.pathLikeLiterals]) {
      const target = specifier.startsWith(".")
        ? resolveRelative(tree, path, specifier)
        : resolveAlias(specifier, path);
      if (target !== null) add(target);
    }
    if (facts.loadsDynamically) dynamicFolders.add(posix.dirname(path));
    if (queue.length === 0) addDynamic(tree, dynamicFolders, add);
  }
  return { files: order, isComplete: dynamicFolders.size === 0 && seen.size < MAX_REACHABLE };
}

/** A file that loads computed names may load anything below its own folder. */
function addDynamic(
  tree: SourceTree,
  folders: ReadonlySet<string>,
  add: (path: string) => void,
): void {
  for (const folder of folders) {
    for (const path of tree.files) {
      if (folder !== "." && !path.startsWith(`${folder}/`)) continue;
      if (classify(path) === "source") add(path);
    }
  }
}
