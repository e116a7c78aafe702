import { closeSync, constants, fstatSync, openSync, readSync, realpathSync } from "node:fs";
import { lstat, readdir } from "node:fs/promises";
import { dirname, isAbsolute, join, sep } from "node:path";

/** Entries past which a work copy counts as full, whatever their size. */
const MAX_ENTRIES = 50_000;

/** One collected file. */
export interface CollectedFile {
  readonly content: Buffer;
  readonly truncated: boolean;
}

/**
 * Reads a file that hostile code may have left: regular files only, never through a link, never more
 * than `capBytes`. Null when it is missing or is something else. Every process must be gone.
 * @throws RangeError for a path that leaves the work copy.
 */
export function readCollected(work: string, path: string, capBytes: number): CollectedFile | null {
  if (isAbsolute(path) || path === "" || path.split("/").includes("..")) {
    throw new RangeError(`${JSON.stringify(path)} is not a path within the work copy`);
  }
  let descriptor: number | null = null;
  try {
    const root = realpathSync(work);
    const folder = realpathSync(dirname(join(root, path)));
    if (folder !== root && !folder.startsWith(root + sep)) return null;
    // Without O_NONBLOCK, opening a named pipe would wait for its other end.
    const flags = constants.O_RDONLY | constants.O_NOFOLLOW | constants.O_NONBLOCK;
    descriptor = openSync(join(root, path), flags);
    const stat = fstatSync(descriptor);
    if (!stat.isFile()) return null;
    const content = Buffer.alloc(Math.min(stat.size, capBytes));
    let read = 0;
    while (read < content.length) {
      const count = readSync(descriptor, content, read, content.length - read, read);
      if (count === 0) break;
      read += count;
    }
    return { content: content.subarray(0, read), truncated: stat.size > capBytes };
  } catch {
    return null;
  } finally {
    if (descriptor !== null) closeSync(descriptor);
  }
}

/**
 * Bytes below `folder`, following nothing. Stops early, answering more than `capBytes`, once the cap or
 * a bound on the number of entries is passed.
 */
export async function measureFolder(folder: string, capBytes: number): Promise<number> {
  let bytes = 0;
  let entries = 0;
  const waiting = [folder];
  for (let next = waiting.pop(); next !== undefined; next = waiting.pop()) {
    for (const entry of await readdir(next, { withFileTypes: true }).catch(() => [])) {
      const path = join(next, entry.name);
      entries += 1;
      if (entry.isDirectory()) waiting.push(path);
      else bytes += await lstat(path).then(toBytes, () => 0);
      if (bytes > capBytes || entries > MAX_ENTRIES) return Math.max(bytes, capBytes + 1);
    }
  }
  return bytes;
}

/** What a file takes on disk, but never less than what it claims to hold when it is not sparse. */
function toBytes(stat: { readonly size: number; readonly blocks: number }): number {
  return Math.max(stat.blocks * 512, Math.min(stat.size, 4_096));
}
