import { posix } from "node:path";
import type { SourceTree } from "../files/tree.ts";
import { classify, isSourceName } from "./classify.ts";
import { flattenExports, type ExportsEntry } from "./exports-map.ts";
import type { PackageJson } from "./package-json.ts";
import { normalizeInside, resolveFile } from "./resolve-path.ts";

/** A subpath of the package and the file it should resolve to, before anyone looked into the file. */
export interface EntryCandidate {
  readonly specifier: string;
  /** Existing file, or null when every target is missing. */
  readonly file: string | null;
  /** The first target as written, for notes and for finding the source of a missing build. */
  readonly wanted: string;
  /** True when it came from a `*` pattern. */
  readonly isExpanded: boolean;
}

const MAX_EXPANDED = 100;

/**
 * What `package.json` declares as importable: `exports` when present, else `main` (or `module` for an ESM
 * project), else `index.js`. `bin` files are not entry points.
 */
export function declaredEntries(
  tree: SourceTree,
  packageJson: PackageJson | null,
  prefers: "import" | "require",
): readonly EntryCandidate[] {
  if (packageJson === null) return [];
  const conditions =
    prefers === "import"
      ? ["node", "import", "module-sync", "default"]
      : ["node", "require", "default"];
  const mapped = flattenExports(packageJson.exports, conditions);
  if (mapped.length > 0) return mapped.flatMap((entry) => expand(tree, entry));
  const wanted = mainOf(packageJson, prefers);
  const file = resolveFile(tree, wanted);
  const isScript = file !== null && isSourceName(file);
  return [{ specifier: ".", file: isScript ? file : null, wanted, isExpanded: false }];
}

function mainOf(packageJson: PackageJson, prefers: "import" | "require"): string {
  if (prefers === "import" && packageJson.module !== null) return packageJson.module;
  return packageJson.main ?? packageJson.module ?? "index.js";
}

function expand(tree: SourceTree, entry: ExportsEntry): readonly EntryCandidate[] {
  if (entry.isPattern) return expandPattern(tree, entry);
  const scripts = entry.targets.filter((target) => /\.[cm]?[jt]sx?$/.test(target));
  const first = scripts[0];
  if (first === undefined) return [];
  const file =
    scripts
      .map((target) => normalizeInside(target))
      .find((target) => target !== null && tree.has(target) && isSourceName(target)) ?? null;
  return [{ specifier: entry.specifier, file, wanted: first, isExpanded: false }];
}

/** Node.js documentation, "Subpath patterns": `*` stands for any text, slashes included. */
function expandPattern(tree: SourceTree, entry: ExportsEntry): readonly EntryCandidate[] {
  for (const target of entry.targets) {
    const clean = posix.normalize(target.endsWith("/") ? `${target}*` : target);
    const [head = "", tail = ""] = clean.split("*");
    const [specifierHead = "", specifierTail = ""] = (
      entry.specifier.endsWith("/") ? `${entry.specifier}*` : entry.specifier
    ).split("*");
    const matches = tree.files.filter(
      (path) =>
        path.length > head.length + tail.length &&
        path.startsWith(head) &&
        path.endsWith(tail) &&
        isSourceName(path) &&
        ["source", "build"].includes(classify(path)),
    );
    if (matches.length === 0) continue;
    return matches.slice(0, MAX_EXPANDED).map((file) => ({
      specifier: specifierHead + file.slice(head.length, file.length - tail.length) + specifierTail,
      file,
      wanted: file,
      isExpanded: true,
    }));
  }
  return [];
}
