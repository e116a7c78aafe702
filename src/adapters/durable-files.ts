import { randomBytes } from "node:crypto";
import { mkdir, open, readdir, rename, rm } from "node:fs/promises";
import { dirname, join } from "node:path";

import { toErrno } from "../kernel/errors.ts";

/** What file systems say that sync no folders, or show none to who may only write there. */
const UNSYNCED = new Set(["EINVAL", "ENOTSUP", "EOPNOTSUPP", "EISDIR", "EPERM", "EACCES"]);

/**
 * Has names that were made, changed or removed in a folder outlive a power cut: the fsync of a file says nothing of its
 * name (fsync(2)). Does nothing on a file system that cannot do it.
 */
export async function syncFolder(folder: string): Promise<void> {
  try {
    await syncPath(folder);
  } catch (failure) {
    if (!UNSYNCED.has(toErrno(failure) ?? "")) throw failure;
  }
}

/** Makes a folder and those above it that are missing, on disk when the promise resolves. */
export async function makeFolder(
  folder: string,
  options: { readonly mode?: number } = {},
): Promise<void> {
  const topmost = await mkdir(folder, { ...options, recursive: true });
  if (topmost === undefined) return;
  for (let made = folder; made.startsWith(topmost); made = dirname(made)) {
    await syncFolder(dirname(made));
  }
}

/** Writes a file by one rename: who reads it sees all of it or nothing. Text and name are on disk when the promise resolves. */
export async function writeWhole(
  path: string,
  content: string | Uint8Array,
  options: { readonly mode?: number } = {},
): Promise<void> {
  const staged = `${path}.${randomBytes(4).toString("hex")}.staged`;
  try {
    await writeSynced(staged, content, options.mode);
    await rename(staged, path);
  } catch (failure) {
    await rm(staged, { force: true }).catch(() => undefined);
    throw failure;
  }
  await syncFolder(dirname(path));
}

async function writeSynced(
  path: string,
  content: string | Uint8Array,
  mode: number | undefined,
): Promise<void> {
  const file = await open(path, "wx", mode);
  try {
    await file.writeFile(content);
    await file.sync();
  } finally {
    await file.close();
  }
}

/** Puts all files and folders below a folder on disk, and the folder itself. */
export async function syncTree(folder: string): Promise<void> {
  for (const entry of await readdir(folder, { withFileTypes: true })) {
    const path = join(folder, entry.name);
    if (entry.isDirectory()) await syncTree(path);
    // One of the user's that nobody may read was copied as it is.
    else if (entry.isFile()) await syncFolder(path);
  }
  await syncFolder(folder);
}

async function syncPath(path: string): Promise<void> {
  const opened = await open(path, "r");
  try {
    await opened.sync();
  } finally {
    await opened.close();
  }
}
