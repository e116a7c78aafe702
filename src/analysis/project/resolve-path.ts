import { posix } from "node:path";

/** What resolution asks about files. */
export interface FileSet {
  has(path: string): boolean;
}

const SCRIPT_SUFFIXES = [".js", ".cjs", ".mjs", ".ts", ".mts", ".cts", ".jsx", ".tsx"] as const;
const SWAPS: Readonly<Record<string, readonly string[]>> = {
  ".js": [".ts", ".tsx", ".jsx"],
  ".mjs": [".mts"],
  ".cjs": [".cts"],
  ".jsx": [".tsx"],
};

/**
 * The file that a path without or with extension stands for: itself, with an extension, its TypeScript
 * source (`./a.js` → `a.ts`), or the index of a folder. Null when nothing is there or it leaves the tree.
 */
export function resolveFile(files: FileSet, path: string): string | null {
  const clean = normalizeInside(path);
  if (clean === null) return null;
  if (clean !== "." && files.has(clean)) return clean;
  const extension = posix.extname(clean);
  for (const swap of SWAPS[extension] ?? []) {
    const swapped = clean.slice(0, -extension.length) + swap;
    if (files.has(swapped)) return swapped;
  }
  if (clean !== ".") {
    for (const suffix of SCRIPT_SUFFIXES) if (files.has(clean + suffix)) return clean + suffix;
  }
  for (const suffix of SCRIPT_SUFFIXES) {
    const index = posix.join(clean, `index${suffix}`);
    if (files.has(index)) return index;
  }
  return null;
}

/** Resolves a relative specifier as written in `fromFile`. */
export function resolveRelative(
  files: FileSet,
  fromFile: string,
  specifier: string,
): string | null {
  return resolveFile(files, posix.join(posix.dirname(fromFile), stripQuery(specifier)));
}

/** A POSIX path without `./`, or null when it leaves the tree. */
export function normalizeInside(path: string): string | null {
  if (path.includes("\0")) return null;
  const clean = posix.normalize(path.replaceAll("\\", "/")).replace(/\/$/, "");
  if (clean === ".." || clean.startsWith("../") || clean.startsWith("/")) return null;
  return clean === "" ? "." : clean;
}

function stripQuery(specifier: string): string {
  return specifier.replace(/[?#].*$/, "");
}
