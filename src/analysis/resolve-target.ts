import { realpath, stat } from "node:fs/promises";
import { dirname, relative, resolve, sep } from "node:path";
import { emptyPackage, exportNotFound, targetNotFound, unsupportedTarget } from "./errors.ts";
import { openTree } from "./files/tree.ts";
import { classify, isSourceName } from "./project/classify.ts";
import { findPackageRoot, openProject } from "./project/project-context.ts";
import { listExportNames } from "./syntax/export-tree.ts";
import { nearestName } from "../kernel/nearest-name.ts";

/** What a target on the command line means. */
export interface ResolvedTarget {
  /** Absolute real path of the package (or of the folder, where there is no `package.json`). */
  readonly root: string;
  /** Project-relative POSIX files to test; empty for the whole package. */
  readonly onlyFiles: readonly string[];
  /** Export paths to test, such as `["parse"]` or `["Complex", "prototype", "mul"]`; empty for all. */
  readonly onlyExports: readonly (readonly string[])[];
}

/**
 * Resolves a package folder, a folder, a file, or `file#export` (`file#Class.method` too) relative to
 * `cwd`. Reads files, runs none.
 * @throws TargetNotFound (RGS-1001), EmptyPackage (RGS-1002), ExportNotFound (RGS-1006),
 * UnsupportedTarget (RGS-1007)
 */
export async function resolveTarget(text: string, cwd: string): Promise<ResolvedTarget> {
  const { path, exportName } = await split(text, cwd);
  const stats = await stat(path);
  if (stats.isDirectory()) {
    if (exportName !== null)
      throw unsupportedTarget(text, "only a file can be followed by #export");
    return resolveFolder(path);
  }
  if (!stats.isFile()) throw unsupportedTarget(text, "it is neither a file nor a folder");
  return resolveFile(path, text, exportName);
}

/** A file whose own name holds `#` wins over the `file#export` reading. */
async function split(
  text: string,
  cwd: string,
): Promise<{ readonly path: string; readonly exportName: string | null }> {
  if (text.includes("\0")) throw targetNotFound(text.replaceAll("\0", "\\0"), cwd);
  const whole = await realpath(resolve(cwd, text)).catch(() => null);
  if (whole !== null) return { path: whole, exportName: null };
  const at = text.lastIndexOf("#");
  if (at > 0) {
    const path = await realpath(resolve(cwd, text.slice(0, at))).catch(() => null);
    if (path !== null) return { path, exportName: text.slice(at + 1) || null };
  }
  throw targetNotFound(text, resolve(cwd, text));
}

async function resolveFolder(folder: string): Promise<ResolvedTarget> {
  const root = (await findPackageRoot(folder)) ?? folder;
  if (root === folder) return { root, onlyFiles: [], onlyExports: [] };
  const prefix = `${toPosix(relative(root, folder))}/`;
  const tree = await openTree(root);
  const inside = tree.files.filter((path) => path.startsWith(prefix) && isSourceName(path));
  const sources = inside.filter((path) => ["source", "build"].includes(classify(path)));
  // A folder named on purpose counts even where its name usually means something else.
  const chosen = sources.length > 0 ? sources : inside.filter((path) => classify(path) === "aside");
  if (chosen.length === 0) throw emptyPackage(folder, "it holds no source file");
  return { root, onlyFiles: chosen, onlyExports: [] };
}

async function resolveFile(
  path: string,
  text: string,
  exportName: string | null,
): Promise<ResolvedTarget> {
  const folder = dirname(path);
  const root = (await findPackageRoot(folder)) ?? folder;
  const file = toPosix(relative(root, path));
  if (!isSourceName(file))
    throw unsupportedTarget(text, "it is not a JavaScript or TypeScript source");
  if (classify(file) === "test") throw unsupportedTarget(text, "it is a test itself");
  if (exportName === null) return { root, onlyFiles: [file], onlyExports: [] };
  const parts = exportName.split(".").filter((part) => part !== "");
  await assertExported(root, file, parts);
  return { root, onlyFiles: [file], onlyExports: toExportPaths(parts) };
}

/** Only a complete list of exports can prove that a name is missing. */
async function assertExported(root: string, file: string, parts: readonly string[]): Promise<void> {
  const context = await openProject(root);
  const { names, isComplete } = await listExportNames(context, file);
  const [first] = parts;
  if (first === undefined) throw exportNotFound(file, "", names, null);
  if (!isComplete || names.includes(first)) return;
  throw exportNotFound(file, first, names, nearestName(first, names));
}

/** `Class.method` may name a static or a prototype method. */
function toExportPaths(parts: readonly string[]): readonly (readonly string[])[] {
  const [owner, ...rest] = parts;
  if (owner === undefined || rest.length === 0 || rest[0] === "prototype") return [parts];
  return [parts, [owner, "prototype", ...rest]];
}

function toPosix(path: string): string {
  return path.split(sep).join("/");
}
