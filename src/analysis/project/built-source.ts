import { posix } from "node:path";
import type { SourceTree } from "../files/tree.ts";
import { buildFolderOf } from "./classify.ts";
import type { PackageJson } from "./package-json.ts";
import type { TsConfig } from "./tsconfig.ts";

const SOURCE_SUFFIXES = [".ts", ".tsx", ".mts", ".cts", ".js", ".mjs", ".cjs", ".jsx"] as const;

/**
 * The source file that a built file was made from, guessed from tsconfig's `rootDir`/`outDir`, from the
 * usual folder names, and from `source` in `package.json`. Null when none exists. `built` need not exist.
 */
export function findSourceOf(
  tree: SourceTree,
  built: string,
  project: { readonly packageJson: PackageJson | null; readonly tsconfig: TsConfig | null },
): string | null {
  const candidates = [
    ...stemsOf(built, project.tsconfig),
    ...bundleStems(tree, built, project.packageJson),
  ];
  for (const stem of candidates) {
    for (const suffix of SOURCE_SUFFIXES) {
      const path = stem + suffix;
      if (path !== built && tree.has(path)) return path;
    }
  }
  return null;
}

function stemsOf(built: string, tsconfig: TsConfig | null): readonly string[] {
  const stem = built.replace(/(?:\.min)?\.[cm]?jsx?$/, "");
  const outFolders = [
    tsconfig?.outDir ?? "",
    buildFolderOf(built),
    built.split("/")[0] ?? "",
  ].filter((folder) => folder !== "" && folder !== "." && stem.startsWith(`${folder}/`));
  const sourceFolders = [tsconfig?.rootDir, "src", "lib", "source", "."].filter(
    (folder): folder is string => typeof folder === "string",
  );
  return [...new Set(outFolders)].flatMap((folder) => {
    const rest = stem.slice(folder.length + 1);
    return sourceFolders.flatMap((source) => {
      const candidate = posix.join(source, rest);
      // `dist/src/index.js` of a build whose rootDir is the project itself.
      return candidate === stem ? [] : [candidate];
    });
  });
}

/** A bundle carries the package's name or a format, not the name of its source. */
function bundleStems(
  tree: SourceTree,
  built: string,
  packageJson: PackageJson | null,
): readonly string[] {
  if (buildFolderOf(built) === "" || buildFolderOf(built) === "lib") return [];
  const shortName = (packageJson?.name ?? "").replace(/^@[^/]+\//, "");
  const base = posix.basename(built).replace(/\..*$/, "");
  const isBundle = base === shortName || /^(?:index|main|bundle|umd|cjs|esm|node)$/.test(base);
  if (!isBundle) return [];
  const source = packageJson?.source ?? null;
  const named =
    source !== null && tree.has(posix.normalize(source)) ? [posix.normalize(source)] : [];
  return [
    ...named.map((path) => path.replace(/\.[cm]?[jt]sx?$/, "")),
    "src/index",
    "src/main",
    `src/${base}`,
    "source/index",
    "index",
  ];
}
