import { lstatSync, readdirSync, statSync, type Stats } from "node:fs";
import { chmod, cp, lstat, readdir } from "node:fs/promises";
import { dirname, join } from "node:path";
import { toErrno, toMessage } from "../../kernel/errors.ts";
import { createMachineBusy, isBusy } from "../../kernel/machine-busy.ts";
import { SandboxSetupFailed } from "./errors.ts";

/** True when every folder above `path` lets others through. */
export function canReach(path: string): boolean {
  for (let folder = dirname(path); ; folder = dirname(folder)) {
    const stat = tryStat(folder);
    if (stat === null || (stat.mode & 0o001) === 0) return false;
    if (folder === dirname(folder)) return true;
  }
}

/** True when others can read `path` and, for a folder, its entries down to `depth` levels. */
export function isTreeReadable(path: string, depth: number): boolean {
  const stat = tryLstat(path);
  if (stat === null) return false;
  if (stat.isSymbolicLink()) return true;
  if (!stat.isDirectory()) return (stat.mode & 0o004) !== 0;
  if ((stat.mode & 0o005) !== 0o005) return false;
  if (depth === 0) return true;
  return readdirSync(path).every((name) => isTreeReadable(join(path, name), depth - 1));
}

/**
 * Copies `from` to the new path `to`, readable by everyone. The source is only read: a hard link would
 * write through to the user's file, a change of owner would take it from them.
 * @throws SandboxSetupFailed (RGS-7002), MachineBusy (RGS-7504)
 */
export async function copyForOthers(from: string, to: string): Promise<void> {
  try {
    await cp(from, to, { recursive: true, verbatimSymlinks: true, preserveTimestamps: true });
    await openTree(to);
  } catch (failure) {
    if (isBusy(failure)) throw createMachineBusy(`could not copy ${from}`, failure);
    const isFull = ["ENOSPC", "EDQUOT"].includes(toErrno(failure) ?? "");
    throw new SandboxSetupFailed(
      `could not copy ${from} to where the sandboxed user can read it: ${toMessage(failure)}`,
      isFull
        ? "free some space, or point TMPDIR at a file system that has room"
        : "check that every file in it can be read",
      failure,
    );
  }
}

async function openTree(path: string): Promise<void> {
  const stat = await lstat(path);
  if (stat.isSymbolicLink()) return;
  const isOpenToRun = stat.isDirectory() || (stat.mode & 0o111) !== 0;
  await chmod(path, (stat.mode & 0o700) | 0o600 | (isOpenToRun ? 0o155 : 0o044));
  if (!stat.isDirectory()) return;
  for (const name of await readdir(path)) await openTree(join(path, name));
}

function tryStat(path: string): Stats | null {
  try {
    return statSync(path);
  } catch {
    return null;
  }
}

function tryLstat(path: string): Stats | null {
  try {
    return lstatSync(path);
  } catch {
    return null;
  }
}
