import { realpath } from "node:fs/promises";
import { join, posix } from "node:path";
import type { EntryPoint, ProjectInfo } from "../../contract/project.ts";
import { isFolder, readRegular } from "../files/tree.ts";
import { typesTargets } from "../project/exports-map.ts";
import { isRecord } from "../project/package-json.ts";
import type { ProjectContext } from "../project/project-context.ts";
import { normalizeInside } from "../project/resolve-path.ts";
import type { TypeEntry, TypeRequest } from "../types/protocol.ts";

const MAX_CHECKED_BYTES = 1_500_000;
const MAX_ENTRIES = 60;

/** Decides which declaration file, or which source, describes each entry point. */
export async function findTypeRequest(
  context: ProjectContext,
  project: ProjectInfo,
): Promise<TypeRequest> {
  const entries: TypeEntry[] = [];
  for (const entry of project.entryPoints.slice(0, MAX_ENTRIES)) {
    const typesPath = await typesOf(context, project, entry);
    const moduleNames = [
      project.name,
      entry.specifier === "." ? project.name : posix.join(project.name, entry.specifier),
    ];
    if (typesPath === null) continue;
    const sourcePath = await checkableSource(context, entry.file);
    entries.push({
      file: entry.file,
      typesPath,
      sourcePath: sourcePath === typesPath ? null : sourcePath,
      moduleNames,
    });
  }
  return {
    root: context.tree.root,
    dependencyPaths: project.dependencyFolders.map((folder) => folder.hostPath),
    entries,
    needsNodeTypes: await needsNodeTypes(context, project, entries),
    maxFileBytes: MAX_CHECKED_BYTES,
  };
}

async function typesOf(
  context: ProjectContext,
  project: ProjectInfo,
  entry: EntryPoint,
): Promise<string | null> {
  const { tree } = context;
  // A TypeScript source is its own and freshest description.
  if (/\.[cm]?tsx?$/.test(entry.file)) return join(tree.root, entry.file);
  const local = declaredTypes(context, entry) ?? besideOf(context, entry.file);
  if (local !== null) return join(tree.root, local);
  if (entry.specifier === ".") {
    const installed = await definitelyTyped(project);
    if (installed !== null) return installed;
  }
  return checkableSource(context, entry.file);
}

/** The entry itself, unless it is too large or broken for the checker. */
async function checkableSource(context: ProjectContext, file: string): Promise<string | null> {
  const { isTooLarge, ast, sizeBytes } = await context.index.get(file);
  const isFit = !isTooLarge && ast !== null && sizeBytes <= MAX_CHECKED_BYTES;
  return isFit ? join(context.tree.root, file) : null;
}

/** `types` of `exports`, or the package's own `types`, which describes `.` alone. */
function declaredTypes(context: ProjectContext, entry: EntryPoint): string | null {
  const { packageJson, tree } = context;
  const named = typesTargets(packageJson?.exports, entry.specifier);
  const own = entry.specifier === "." && packageJson?.types != null ? [packageJson.types] : [];
  for (const target of [...named, ...own]) {
    const path = normalizeInside(target);
    if (path === null) continue;
    for (const candidate of [path, `${path}.d.ts`, posix.join(path, "index.d.ts")]) {
      if (tree.has(candidate) && /\.[cm]?ts$/.test(candidate)) return candidate;
    }
  }
  return null;
}

function besideOf(context: ProjectContext, file: string): string | null {
  const stem = file.replace(/\.[cm]?jsx?$/, "");
  const extension = /\.([cm]?)jsx?$/.exec(file)?.[1] ?? "";
  const candidates = [`${stem}.d.${extension}ts`, `${stem}.d.ts`];
  return candidates.find((candidate) => context.tree.has(candidate)) ?? null;
}

/** `@types/<name>` in a dependency folder; scoped names are mangled as npm does (`@a/b` → `a__b`). */
async function definitelyTyped(project: ProjectInfo): Promise<string | null> {
  const name = project.name.replace(/^@([^/]+)\//, "$1__");
  for (const folder of project.dependencyFolders) {
    const base = join(folder.hostPath, "@types", name);
    const manifest = await realpath(join(base, "package.json")).catch(() => null);
    if (manifest === null) continue;
    const outcome = await readRegular(manifest, 1_000_000);
    const types = outcome.kind === "text" ? typesField(outcome.text) : "index.d.ts";
    const path = await realpath(join(base, types)).catch(() => null);
    if (path?.startsWith(`${folder.hostPath}/`) === true) return path;
  }
  return null;
}

function typesField(text: string): string {
  try {
    const parsed: unknown = JSON.parse(text);
    const value = isRecord(parsed) ? (parsed["types"] ?? parsed["typings"]) : null;
    return typeof value === "string" && value !== "" ? value : "index.d.ts";
  } catch {
    return "index.d.ts";
  }
}

const NODE_NAMES =
  /\bBuffer\b|\bNodeJS\.|from\s+["'](?:node:)?(?:fs|stream|events|buffer|http|net|url|child_process|util)["']/;

/** Node's types cost a third of a second; they are loaded only where a signature may name them. */
async function needsNodeTypes(
  context: ProjectContext,
  project: ProjectInfo,
  entries: readonly TypeEntry[],
): Promise<boolean> {
  const hasTypes = await Promise.all(
    project.dependencyFolders.map((folder) => isFolder(join(folder.hostPath, "@types/node"))),
  );
  if (!hasTypes.includes(true)) return false;
  const own = new Set(entries.map((entry) => entry.typesPath));
  const declarations = context.tree.files.filter(
    (path) => own.has(join(context.tree.root, path)) || /\.d\.[cm]?ts$/.test(path),
  );
  const sources = project.isTypeScript ? project.sourceFiles : [];
  for (const path of new Set([...declarations, ...sources].slice(0, 300))) {
    const outcome = await context.tree.read(path, MAX_CHECKED_BYTES);
    if (outcome.kind === "text" && NODE_NAMES.test(outcome.text)) return true;
  }
  return false;
}
