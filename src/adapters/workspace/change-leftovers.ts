import { lstat, readFile, rename, rm } from "node:fs/promises";
import { dirname, join } from "node:path";
import { shortHash } from "../../kernel/hash.ts";
import type { FileChange } from "../../kernel/unified-diff.ts";
import { hasPlainFolders } from "./change-folders.ts";

/** Where texts stand that are on their way into the tree, so that whoever comes after a kill finds them. */
export interface OnTheWay {
  /** A folder of the caller's, for these changes only. */
  readonly scratch: string;
  /** Names these changes and their reverse; for files that have to stand beside the user's, where `scratch` is on another disk. */
  readonly mark: string;
}

/** Names of what is on its way to one file: its new text, and what stood there in the moment of the swap. */
export interface Names {
  readonly staged: string;
  readonly kept: string;
}

export function toNames(folder: string, mark: string, path: string): Names {
  const name = `.regoose-${shortHash(`${mark}\n${path}`)}`;
  return { staged: join(folder, `${name}-staged`), kept: join(folder, `${name}-kept`) };
}

/**
 * Clears what a killed writer left. What somebody had saved in the moment of its swap goes back to its place first, unless they have
 * saved again.
 */
export async function restoreLeftovers(
  root: string,
  changes: readonly FileChange[],
  way: OnTheWay,
): Promise<void> {
  const plain: FileChange[] = [];
  for (const change of changes) {
    if (!(await hasPlainFolders(root, change.path))) continue;
    plain.push(change);
    for (const { kept } of listNames(root, change, way)) {
      if (await isLostSave(root, change, kept)) await rename(kept, join(root, change.path));
    }
  }
  await removeLeftovers(root, plain, way);
}

/** Removes all that is on its way to the changes, in folders that are plain. */
export async function removeLeftovers(
  root: string,
  changes: readonly FileChange[],
  way: OnTheWay,
): Promise<void> {
  for (const change of changes) {
    for (const { staged, kept } of listNames(root, change, way)) {
      await rm(staged, { force: true });
      await rm(kept, { force: true });
    }
  }
  await rm(way.scratch, { recursive: true, force: true });
}

function listNames(root: string, { path }: FileChange, way: OnTheWay): readonly Names[] {
  const folders = [way.scratch, dirname(join(root, path))];
  return folders.map((folder) => toNames(folder, way.mark, path));
}

/** Whether a kept file is neither of the change's texts, and what stands in its place is. */
async function isLostSave(
  root: string,
  { path, before, after }: FileChange,
  kept: string,
): Promise<boolean> {
  const [there, here] = await Promise.all([readPlain(kept), readPlain(join(root, path))]);
  if (there === null || isText(there.bytes, before) || isText(there.bytes, after)) return false;
  if (here === null) return before === null || after === null;
  return here.inode !== there.inode && (isText(here.bytes, before) || isText(here.bytes, after));
}

/** Null where there is no such file. */
async function readPlain(
  path: string,
): Promise<{ readonly bytes: Buffer; readonly inode: number } | null> {
  const stats = await lstat(path).catch(() => null);
  if (stats?.isFile() !== true) return null;
  return { bytes: await readFile(path), inode: stats.ino };
}

/** Whether bytes are a text; null where there is none. */
export function isText(bytes: Buffer | null, text: string | null): boolean {
  if (bytes === null || text === null) return bytes === null && text === null;
  return bytes.equals(Buffer.from(text));
}
