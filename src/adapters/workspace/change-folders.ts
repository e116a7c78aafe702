import { lstat, rmdir } from "node:fs/promises";
import { join } from "node:path";
import type { FileChange } from "../../kernel/unified-diff.ts";

/** Folders in which a path stands, outermost first; relative, POSIX. */
export function listFolders(path: string): readonly string[] {
  const parts = path.split("/").slice(0, -1);
  return parts.map((_, index) => parts.slice(0, index + 1).join("/"));
}

/** Whether each folder on the way to a path is one, or is not there yet: no link that leads somewhere else. */
export async function hasPlainFolders(root: string, path: string): Promise<boolean> {
  for (const folder of listFolders(path)) {
    const stats = await lstat(join(root, folder)).catch(() => null);
    if (stats !== null && !stats.isDirectory()) return false;
  }
  return true;
}

/** Folders that are not there and have to be made for the files that the changes add, outermost first. */
export async function findMissingFolders(
  root: string,
  changes: readonly FileChange[],
): Promise<readonly string[]> {
  const added = changes.filter(({ after }) => after !== null);
  const missing: string[] = [];
  for (const folder of new Set(added.flatMap(({ path }) => listFolders(path)))) {
    const stats = await lstat(join(root, folder)).catch(() => null);
    if (stats === null) missing.push(folder);
  }
  return missing;
}

/** Removes those of the folders, named outermost first, in which nothing stands. One that somebody uses stays. */
export async function removeEmptyFolders(root: string, folders: readonly string[]): Promise<void> {
  for (const folder of folders.toReversed()) {
    if (await hasPlainFolders(root, folder)) await rmdir(join(root, folder)).catch(() => undefined);
  }
}
