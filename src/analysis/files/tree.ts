import { constants } from "node:fs";
import { lstat, open, readdir, realpath } from "node:fs/promises";
import { join, posix, sep } from "node:path";

/** What a file holds, or why it was not read. */
export type ReadOutcome =
  | { readonly kind: "text"; readonly text: string; readonly sizeBytes: number }
  | { readonly kind: "missing" }
  /** Not a regular file, or its real path leaves the tree. */
  | { readonly kind: "refused" }
  | { readonly kind: "too-large"; readonly sizeBytes: number }
  | { readonly kind: "binary" };

/**
 * A folder that somebody else filled, opened for reading. Symlinks are not followed out of it, special
 * files are not opened, sizes are capped. All paths are relative and POSIX; `files` is sorted.
 */
export interface SourceTree {
  /** Absolute real path. */
  readonly root: string;
  readonly files: readonly string[];
  /** True when the tree has more files than were listed. */
  readonly isTruncated: boolean;
  has(path: string): boolean;
  hasFolder(path: string): boolean;
  /** Reads at most `maxBytes`; caches nothing. */
  read(path: string, maxBytes: number): Promise<ReadOutcome>;
}

export interface TreeLimits {
  readonly maxFiles: number;
  readonly maxDepth: number;
}

/** More are not looked at. */
export const MOST_LISTED_FILES = 20_000;

const DEFAULT_LIMITS: TreeLimits = { maxFiles: MOST_LISTED_FILES, maxDepth: 40 };
const SKIPPED_FOLDERS: ReadonlySet<string> = new Set([
  "node_modules",
  "bower_components",
  "jspm_packages",
]);

/** Lists `folder` (an existing folder) without following symlinks; hidden folders and dependencies are left out. */
export async function openTree(
  folder: string,
  limits: TreeLimits = DEFAULT_LIMITS,
): Promise<SourceTree> {
  const root = await realpath(folder);
  const { files, folders, isTruncated } = await list(root, limits);
  const known = new Set(files);
  return {
    root,
    files,
    isTruncated,
    has: (path) => known.has(posix.normalize(path)),
    hasFolder: (path) => folders.has(posix.normalize(path).replace(/\/$/, "")),
    read: (path, maxBytes) => readInside(root, path, maxBytes),
  };
}

/** Reads one regular file whose real path lies under `root`. */
export async function readInside(
  root: string,
  path: string,
  maxBytes: number,
): Promise<ReadOutcome> {
  let real: string;
  try {
    real = await realpath(join(root, path));
  } catch {
    return { kind: "missing" };
  }
  if (real !== root && !real.startsWith(root.endsWith(sep) ? root : root + sep)) {
    return { kind: "refused" };
  }
  return readRegular(real, maxBytes);
}

/** Reads one regular file; a fifo, device or folder is refused without being opened for long. */
export async function readRegular(path: string, maxBytes: number): Promise<ReadOutcome> {
  try {
    // O_NONBLOCK: opening a fifo must not wait for a writer.
    const handle = await open(
      path,
      constants.O_RDONLY | constants.O_NONBLOCK | constants.O_NOFOLLOW,
    );
    try {
      const stats = await handle.stat();
      if (!stats.isFile()) return { kind: "refused" };
      if (stats.size > maxBytes) return { kind: "too-large", sizeBytes: stats.size };
      const buffer = Buffer.alloc(stats.size);
      const { bytesRead } = await handle.read(buffer, 0, stats.size, 0);
      const content = buffer.subarray(0, bytesRead);
      if (content.includes(0)) return { kind: "binary" };
      const text = content.toString("utf8").replace(/^\uFEFF/, "");
      return { kind: "text", text, sizeBytes: bytesRead };
    } finally {
      await handle.close();
    }
  } catch (failure) {
    return isMissing(failure) ? { kind: "missing" } : { kind: "refused" };
  }
}

function isMissing(failure: unknown): boolean {
  return (
    typeof failure === "object" &&
    failure !== null &&
    "code" in failure &&
    (failure.code === "ENOENT" || failure.code === "ENOTDIR")
  );
}

interface Listing {
  readonly files: readonly string[];
  readonly folders: ReadonlySet<string>;
  readonly isTruncated: boolean;
}

async function list(root: string, limits: TreeLimits): Promise<Listing> {
  const files: string[] = [];
  const folders = new Set<string>(["", "."]);
  const queue: { readonly path: string; readonly depth: number }[] = [{ path: "", depth: 0 }];
  let isTruncated = false;
  for (let next = queue.shift(); next !== undefined; next = queue.shift()) {
    const entries = await readdir(join(root, next.path), { withFileTypes: true }).catch(() => []);
    for (const entry of entries.sort((a, b) => (a.name < b.name ? -1 : 1))) {
      const path = next.path === "" ? entry.name : `${next.path}/${entry.name}`;
      if (entry.isDirectory()) {
        if (SKIPPED_FOLDERS.has(entry.name) || entry.name.startsWith(".")) continue;
        folders.add(path);
        if (next.depth + 1 > limits.maxDepth) isTruncated = true;
        else queue.push({ path, depth: next.depth + 1 });
      } else if (entry.isFile()) {
        if (files.length >= limits.maxFiles)
          return { files: files.sort(), folders, isTruncated: true };
        files.push(path);
      }
    }
  }
  return { files: files.sort(), folders, isTruncated };
}

/** True when `path` (absolute) is an existing folder, symlinks followed. */
export async function isFolder(path: string): Promise<boolean> {
  try {
    return (await lstat(await realpath(path))).isDirectory();
  } catch {
    return false;
  }
}
