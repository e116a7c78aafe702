import { chmod, link, lstat, mkdir, open, readFile, rename, rm } from "node:fs/promises";
import { dirname, join } from "node:path";
import { RegooseError, toErrno } from "../../kernel/errors.ts";
import type { FileChange } from "../../kernel/unified-diff.ts";
import { syncFolder } from "../durable-files.ts";
import { findMissingFolders, hasPlainFolders, removeEmptyFolders } from "./change-folders.ts";
import {
  isText,
  removeLeftovers,
  restoreLeftovers,
  toNames,
  type Names,
  type OnTheWay,
} from "./change-leftovers.ts";
import { createOutputUnwritable } from "./errors.ts";

/** Files that hold neither what a change starts from nor what it leads to, or cannot be read as plain files. */
export type Written =
  | { readonly kind: "written"; readonly files: readonly string[] }
  | { readonly kind: "conflict"; readonly files: readonly string[] };

/**
 * Writes changes into a folder, each file by one rename. All files are looked at before any is written: where one is not as the change
 * starts from, none is written. A file that is as the change leads to is left alone, so that a write that was cut short can be made
 * again. What somebody writes in the very moment of the rename is put back. What a killed writer of the same changes, or of their
 * reverse, left on its way is cleared first.
 * @throws OutputUnwritable (RGS-3003); then all files are as they were, unless the disk refused that too
 */
export async function writeChanges(
  root: string,
  changes: readonly FileChange[],
  way: OnTheWay,
): Promise<Written> {
  try {
    await restoreLeftovers(root, changes, way);
    const states = await Promise.all(changes.map((change) => readState(root, change)));
    const conflicts = changes.filter((_, index) => states[index] === "other");
    if (conflicts.length > 0) return { kind: "conflict", files: toPaths(conflicts) };
    const open = changes.filter((_, index) => states[index] === "before");
    return await swapAll(root, open, way);
  } catch (failure) {
    if (failure instanceof RegooseError) throw failure;
    throw createOutputUnwritable(root, failure);
  }
}

async function swapAll(
  root: string,
  changes: readonly FileChange[],
  way: OnTheWay,
): Promise<Written> {
  const folders = await findMissingFolders(root, changes);
  const swaps: Swap[] = [];
  /** Where even this fails, what was kept stays for the next call. */
  const giveUp = async (): Promise<void> => {
    await takeBack(swaps);
    await removeLeftovers(root, changes, way);
    await removeEmptyFolders(root, folders);
  };
  try {
    await mkdir(way.scratch, { recursive: true });
    for (const change of changes) swaps.push(await stage(root, change, way));
    for (const swap of swaps) await make(swap);
    // What the old texts are kept under is removed next.
    for (const folder of listTouched(root, changes, folders)) await syncFolder(folder);
  } catch (failure) {
    await giveUp();
    throw failure;
  }
  const raced = swaps.find(({ isRaced }) => isRaced);
  if (raced !== undefined) {
    await giveUp();
    return { kind: "conflict", files: [raced.change.path] };
  }
  await removeLeftovers(root, changes, way);
  return { kind: "written", files: toPaths(changes) };
}

/** Absolute folders in which a name was made, changed or removed. */
function listTouched(
  root: string,
  changes: readonly FileChange[],
  made: readonly string[],
): ReadonlySet<string> {
  return new Set(
    [...changes.map(({ path }) => path), ...made].map((path) => dirname(join(root, path))),
  );
}

const toPaths = (changes: readonly FileChange[]): readonly string[] =>
  changes.map(({ path }) => path);

/** A link, or a folder, is never what a change starts from; nor is a file behind a link that leads somewhere else. */
async function readState(
  root: string,
  { path, before, after }: FileChange,
): Promise<"before" | "after" | "other"> {
  if (!(await hasPlainFolders(root, path))) return "other";
  const stats = await lstat(join(root, path)).catch(() => null);
  if (stats !== null && !stats.isFile()) return "other";
  const bytes = stats === null ? null : await readFile(join(root, path));
  if (isText(bytes, before)) return "before";
  return isText(bytes, after) ? "after" : "other";
}

/** A change that is about to be made. */
interface Swap extends Names {
  readonly change: FileChange;
  readonly path: string;
  isMade: boolean;
  /** Somebody has written the file between the look and the swap. */
  isRaced: boolean;
}

async function stage(root: string, change: FileChange, { scratch, mark }: OnTheWay): Promise<Swap> {
  const path = join(root, change.path);
  if (change.after !== null) await mkdir(dirname(path), { recursive: true });
  // Names of one file system only can be swapped in one step.
  const [here, there] = await Promise.all([lstat(scratch), lstat(dirname(path))]);
  const folder = here.dev === there.dev ? scratch : dirname(path);
  const { staged, kept } = toNames(folder, mark, change.path);
  if (change.after !== null) {
    await writeWhole(staged, change.after);
    if (change.before !== null) await chmod(staged, (await lstat(path)).mode & 0o7777);
  }
  return { change, path, staged, kept, isMade: false, isRaced: false };
}

async function writeWhole(path: string, text: string): Promise<void> {
  const file = await open(path, "wx");
  try {
    await file.writeFile(text);
    await file.sync();
  } finally {
    await file.close();
  }
}

async function make(swap: Swap): Promise<void> {
  const { change, path, staged, kept } = swap;
  if (change.before === null) {
    // A link, unlike a rename, does not replace what has come there meanwhile.
    try {
      await link(staged, path);
      swap.isMade = true;
    } catch (failure) {
      if (toErrno(failure) !== "EEXIST") throw failure;
      swap.isRaced = true;
    }
    return;
  }
  if (change.after === null) await rename(path, kept);
  else {
    // The old file lives on under the second name, whoever holds it open.
    await link(path, kept);
    await rename(staged, path);
  }
  swap.isMade = true;
  swap.isRaced = !isText(await readFile(kept), change.before);
}

async function takeBack(swaps: readonly Swap[]): Promise<void> {
  for (const { change, path, kept, isMade } of swaps) {
    if (!isMade) continue;
    if (change.before === null) await rm(path, { force: true });
    else await rename(kept, path);
  }
}
