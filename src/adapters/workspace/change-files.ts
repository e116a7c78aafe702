import { randomBytes } from "node:crypto";
import { chmod, link, lstat, mkdir, open, readFile, rename, rm } from "node:fs/promises";
import { basename, dirname, join } from "node:path";
import { RegooseError, toErrno } from "../../kernel/errors.ts";
import type { FileChange } from "../../kernel/unified-diff.ts";
import { createOutputUnwritable } from "./errors.ts";

/** Files that hold neither what a change starts from nor what it leads to, or cannot be read as plain files. */
export type Written =
  | { readonly kind: "written"; readonly files: readonly string[] }
  | { readonly kind: "conflict"; readonly files: readonly string[] };

/**
 * Writes changes into a folder, each file by one rename. All files are looked at before any is written: where one is not as the change
 * starts from, none is written. A file that is as the change leads to is left alone, so that a write that was cut short can be made
 * again. What somebody writes in the very moment of the rename is put back. `scratch`: a folder of the caller's that holds what is
 * on its way; what a killed writer left there is removed.
 * @throws OutputUnwritable (RGS-3003); then all files are as they were
 */
export async function writeChanges(
  root: string,
  changes: readonly FileChange[],
  scratch: string,
): Promise<Written> {
  const states = await Promise.all(changes.map((change) => readState(root, change)));
  const conflicts = changes.filter((_, index) => states[index] === "other");
  if (conflicts.length > 0) return { kind: "conflict", files: toPaths(conflicts) };
  const open = changes.filter((_, index) => states[index] === "before");
  const swaps: Swap[] = [];
  try {
    await rm(scratch, { recursive: true, force: true });
    await mkdir(scratch, { recursive: true });
    for (const change of open) swaps.push(await stage(root, change, scratch));
    for (const swap of swaps) await make(swap);
    const kept = swaps.find(({ isRaced }) => isRaced);
    if (kept !== undefined) {
      await takeBack(swaps);
      return { kind: "conflict", files: [kept.change.path] };
    }
    return { kind: "written", files: toPaths(open) };
  } catch (failure) {
    await takeBack(swaps);
    if (failure instanceof RegooseError) throw failure;
    throw createOutputUnwritable(root, failure);
  } finally {
    for (const { staged, kept } of swaps) {
      await rm(staged, { force: true });
      await rm(kept, { force: true });
    }
    await rm(scratch, { recursive: true, force: true });
  }
}

const toPaths = (changes: readonly FileChange[]): readonly string[] =>
  changes.map(({ path }) => path);

/** A link, or a folder, is never what a change starts from; nor is a file behind a link that leads somewhere else. */
async function readState(
  root: string,
  { path, before, after }: FileChange,
): Promise<"before" | "after" | "other"> {
  const parts = path.split("/");
  for (let count = 1; count < parts.length; count += 1) {
    const stats = await lstat(join(root, ...parts.slice(0, count))).catch(() => null);
    if (stats !== null && !stats.isDirectory()) return "other";
  }
  const stats = await lstat(join(root, path)).catch(() => null);
  if (stats !== null && !stats.isFile()) return "other";
  const bytes = stats === null ? null : await readFile(join(root, path));
  if (isText(bytes, before)) return "before";
  return isText(bytes, after) ? "after" : "other";
}

function isText(bytes: Buffer | null, text: string | null): boolean {
  if (bytes === null || text === null) return bytes === null && text === null;
  return bytes.equals(Buffer.from(text));
}

/** A change that is about to be made. */
interface Swap {
  readonly change: FileChange;
  readonly path: string;
  /** The new text, on the same file system. */
  readonly staged: string;
  /** What stood there in the moment of the swap. */
  readonly kept: string;
  isMade: boolean;
  /** Somebody has written the file between the look and the swap. */
  isRaced: boolean;
}

async function stage(root: string, change: FileChange, scratch: string): Promise<Swap> {
  const path = join(root, change.path);
  if (change.after !== null) await mkdir(dirname(path), { recursive: true });
  // Names of one file system only can be swapped in one step.
  const [here, there] = await Promise.all([lstat(scratch), lstat(dirname(path))]);
  const folder = here.dev === there.dev ? scratch : dirname(path);
  const mark = `.${basename(path)}.regoose-${randomBytes(4).toString("hex")}`;
  const [staged, kept] = [join(folder, `${mark}-staged`), join(folder, `${mark}-kept`)];
  if (change.after !== null) {
    try {
      await writeWhole(staged, change.after);
      if (change.before !== null) await chmod(staged, (await lstat(path)).mode & 0o7777);
    } catch (failure) {
      await rm(staged, { force: true }).catch(() => undefined);
      throw failure;
    }
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
