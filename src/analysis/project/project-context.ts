import { dirname, join, posix } from "node:path";
import type { DependencyFolder, ModuleSystem, ProjectInfo } from "../../contract/project.ts";
import { isFolder, openTree, type SourceTree } from "../files/tree.ts";
import { targetsOfImports } from "./exports-map.ts";
import { type PackageJson, readPackageJson } from "./package-json.ts";
import type { AliasResolver } from "./reachability.ts";
import { resolveFile } from "./resolve-path.ts";
import { createSourceIndex, type SourceIndex } from "./source-index.ts";
import { findDependencyFolders, listNames } from "./surroundings.ts";
import { readTsConfig, type TsConfig } from "./tsconfig.ts";

/** A project opened for reading: everything later steps ask about its files. */
export interface ProjectContext {
  readonly tree: SourceTree;
  readonly index: SourceIndex;
  readonly packageJson: PackageJson | null;
  readonly tsconfig: TsConfig | null;
  /** Names directly in the root, hidden ones included. */
  readonly rootNames: readonly string[];
  readonly dependencyFolders: readonly DependencyFolder[];
  readonly resolveAlias: AliasResolver;
}

/** Opens the package at `root`. @throws InvalidPackageJson (RGS-1005) */
export async function openProject(root: string): Promise<ProjectContext> {
  const tree = await openTree(root);
  const packageJson = await readPackageJson(tree);
  const tsconfig = await readTsConfig(tree);
  return {
    tree,
    index: createSourceIndex(tree),
    packageJson,
    tsconfig,
    rootNames: await listNames(tree.root),
    dependencyFolders: await findDependencyFolders(tree.root),
    resolveAlias: createAliasResolver(tree, packageJson, tsconfig),
  };
}

const contexts = new WeakMap<ProjectInfo, ProjectContext>();

/** Remembers what detection parsed, so that building the API model does not parse it again. */
export function rememberContext(project: ProjectInfo, context: ProjectContext): void {
  contexts.set(project, context);
}

/** The context of a detected project; a project that came through JSON is opened anew. */
export async function contextOf(project: ProjectInfo): Promise<ProjectContext> {
  return contexts.get(project) ?? (await openProject(project.root));
}

const MARKER_KEYS: ReadonlySet<string> = new Set([
  "type",
  "sideEffects",
  "private",
  "main",
  "types",
  "module",
]);

/**
 * The folder of the nearest `package.json` at or above `folder`, not looking past a repository's root. A
 * `package.json` that only marks a module system (`{"type": "module"}`) counts when there is no other.
 */
export async function findPackageRoot(folder: string): Promise<string | null> {
  let marker: string | null = null;
  for (let at = folder; ; at = dirname(at)) {
    const names = await listNames(at);
    if (names.includes("package.json")) {
      if (!(await isMarkerOnly(at))) return at;
      marker ??= at;
    }
    if (names.includes(".git") || dirname(at) === at) return marker;
  }
}

async function isMarkerOnly(folder: string): Promise<boolean> {
  const tree = await openTree(folder, { maxFiles: 0, maxDepth: 0 });
  try {
    const packageJson = await readPackageJson(tree);
    if (packageJson === null || packageJson.name !== null) return false;
    const isMarker = [...packageJson.keys].every((key) => MARKER_KEYS.has(key));
    return isMarker && (await isFolder(join(folder, "..")));
  } catch {
    return false;
  }
}

/** The module system Node gives a file: by extension, nearest `type`, then syntax (Node ≥ 22.7 detects it). */
export async function systemOf(context: ProjectContext, path: string): Promise<ModuleSystem> {
  if (/\.m[jt]s$/.test(path)) return "esm";
  if (/\.c[jt]s$/.test(path)) return "commonjs";
  const type = await nearestType(context, path);
  if (type !== null) return type === "module" ? "esm" : "commonjs";
  const { facts } = await context.index.get(path);
  return facts.hasEsmSyntax ? "esm" : "commonjs";
}

async function nearestType(
  context: ProjectContext,
  path: string,
): Promise<"module" | "commonjs" | null> {
  for (let folder = posix.dirname(path); folder !== "."; folder = posix.dirname(folder)) {
    const manifest = `${folder}/package.json`;
    if (!context.tree.has(manifest)) continue;
    try {
      return (await readPackageJson(context.tree, manifest))?.type ?? null;
    } catch {
      return null;
    }
  }
  return context.packageJson?.type ?? null;
}

function createAliasResolver(
  tree: SourceTree,
  packageJson: PackageJson | null,
  tsconfig: TsConfig | null,
): AliasResolver {
  const name = packageJson?.name ?? null;
  const base = tsconfig?.baseUrl ?? ".";
  const aliases = Object.entries(tsconfig?.paths ?? {});
  return (specifier) => {
    if (specifier.startsWith("#")) {
      return firstFile(tree, targetsOfImports(packageJson?.imports, specifier));
    }
    if (name !== null && specifier === name) {
      return resolveFile(tree, packageJson?.main ?? "index.js");
    }
    if (name !== null && specifier.startsWith(`${name}/`)) {
      return resolveFile(tree, specifier.slice(name.length + 1));
    }
    for (const [pattern, targets] of aliases) {
      const rest = matchStar(pattern, specifier);
      if (rest === null) continue;
      const found = firstFile(
        tree,
        targets.map((target) => posix.join(base, target.replace("*", rest))),
      );
      if (found !== null) return found;
    }
    return tsconfig?.baseUrl != null ? resolveFile(tree, posix.join(base, specifier)) : null;
  };
}

function firstFile(tree: SourceTree, targets: readonly string[]): string | null {
  for (const target of targets) {
    const file = resolveFile(tree, target);
    if (file !== null) return file;
  }
  return null;
}

function matchStar(pattern: string, text: string): string | null {
  const [head = "", tail] = pattern.split("*");
  if (tail === undefined) return pattern === text ? "" : null;
  const isMatch =
    text.startsWith(head) && text.endsWith(tail) && text.length >= head.length + tail.length;
  return isMatch ? text.slice(head.length, text.length - tail.length) : null;
}
