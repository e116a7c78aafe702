import { randomBytes } from "node:crypto";
import { open, readFile, rename, rm, stat } from "node:fs/promises";
import type { Clock } from "../kernel/clock.ts";
import { toErrno } from "../kernel/errors.ts";
import { isOwnerAlive, toProcessOwner } from "./process-owner.ts";

const LONGEST_WAIT_MS = 15;
/** Whoever takes a dead owner's lock away needs a moment; a file of one that died over it is older. */
const STALE_MS = 30_000;

/**
 * Does work that one process at a time may do: whoever has made the file `path` has the turn. The lock of a process that
 * has died is taken away. For work of milliseconds: others look again after 1 to 15 ms.
 * @throws what making the file throws, and `createTimeout()` after `mostMs`
 */
export async function withFileLock<T>(
  clock: Clock,
  path: string,
  options: { readonly mostMs: number; readonly createTimeout: () => Error },
  work: () => Promise<T>,
): Promise<T> {
  const endMs = clock.monotonic() + options.mostMs;
  while (!(await tryTake(path))) {
    if (await removeDead(path)) continue;
    if (clock.monotonic() >= endMs) throw options.createTimeout();
    await clock.sleep(1 + Math.random() * LONGEST_WAIT_MS);
  }
  try {
    return await work();
  } finally {
    await rm(path, { force: true });
  }
}

async function tryTake(path: string): Promise<boolean> {
  try {
    const file = await open(path, "wx", 0o600);
    await file.writeFile(toProcessOwner());
    await file.close();
    return true;
  } catch (failure) {
    if (toErrno(failure) === "EEXIST") return false;
    throw failure;
  }
}

/** True where the lock was a dead process's, and is gone now. */
async function removeDead(path: string): Promise<boolean> {
  const owner = await readFile(path, "utf8").catch(() => "");
  if (!(await isAbandoned(path, owner))) return false;
  // Of several that have seen the dead owner one may act: the next one would take away a living one's.
  const turn = `${path}.turn`;
  if (!(await tryTake(turn))) {
    if (await isOld(turn)) await rm(turn, { force: true });
    return false;
  }
  try {
    if ((await readFile(path, "utf8").catch(() => null)) !== owner) return false;
    const aside = `${path}.${randomBytes(4).toString("hex")}`;
    await rename(path, aside).catch(() => undefined);
    await rm(aside, { force: true });
    return true;
  } finally {
    await rm(turn, { force: true });
  }
}

/** An empty file is one that is being written at this moment, unless its writer has died over it. */
async function isAbandoned(path: string, owner: string): Promise<boolean> {
  return owner === "" ? await isOld(path) : !isOwnerAlive(owner);
}

async function isOld(path: string): Promise<boolean> {
  const found = await stat(path).catch(() => null);
  // A wall clock on both sides: the file system's and ours are the same machine's.
  return found !== null && Date.now() - found.mtimeMs > STALE_MS;
}
