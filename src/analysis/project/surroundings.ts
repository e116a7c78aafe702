import { readdir, realpath } from "node:fs/promises";
import { dirname, join } from "node:path";
import type { DependencyFolder, ProjectInfo } from "../../contract/project.ts";
import { isFolder } from "../files/tree.ts";
import type { PackageJson } from "./package-json.ts";

const MAX_LEVELS = 12;

/** `node_modules` folders that the project's imports resolve through, nearest first, as real paths. */
export async function findDependencyFolders(root: string): Promise<readonly DependencyFolder[]> {
  const found: DependencyFolder[] = [];
  let folder = root;
  for (let levelsUp = 0; levelsUp <= MAX_LEVELS; levelsUp += 1) {
    const candidate = join(folder, "node_modules");
    if (await isFolder(candidate)) found.push({ hostPath: await realpath(candidate), levelsUp });
    const parent = dirname(folder);
    if (parent === folder) break;
    folder = parent;
  }
  return found;
}

/** Names directly in the root, hidden ones included; a folder that cannot be listed is empty. */
export async function listNames(folder: string): Promise<readonly string[]> {
  const names = await readdir(folder).catch(() => []);
  return names.sort();
}

const LOCKFILES: readonly (readonly [string, ProjectInfo["packageManager"]])[] = [
  ["pnpm-lock.yaml", "pnpm"],
  ["yarn.lock", "yarn"],
  ["bun.lockb", "bun"],
  ["bun.lock", "bun"],
  ["package-lock.json", "npm"],
  ["npm-shrinkwrap.json", "npm"],
];

/** By the `packageManager` field, else by the nearest lockfile upwards (workspaces keep it at their root). */
export async function detectPackageManager(
  root: string,
  packageJson: PackageJson | null,
): Promise<ProjectInfo["packageManager"]> {
  const field = /^(npm|pnpm|yarn|bun)@/.exec(packageJson?.packageManager ?? "")?.[1];
  if (field !== undefined) return field as ProjectInfo["packageManager"];
  let folder = root;
  for (let level = 0; level <= MAX_LEVELS; level += 1) {
    const names = await listNames(folder);
    const lockfile = LOCKFILES.find(([name]) => names.includes(name));
    if (lockfile !== undefined) return lockfile[1];
    const parent = dirname(folder);
    // Above the repository nothing says anything about this project.
    if (parent === folder || names.includes(".git")) break;
    folder = parent;
  }
  return "npm";
}
