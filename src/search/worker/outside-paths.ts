import { resolve, sep } from "node:path";
import { fileURLToPath } from "node:url";

import { realFs } from "./private-world.ts";

/** Functions whose second argument is a path too. */
const TWO_PATHS = /^(?:copyFile|cp|rename|link|symlink)/u;
/** The same on every machine. */
const HARMLESS: ReadonlySet<string> = new Set(["/dev/null"]);

/**
 * The path a file function was given that lies outside the folders and makes its answer the machine's,
 * or null. Reading where nothing is on any machine gives the same error everywhere, writing does not. The folders
 * themselves are outside: a test that empties or lists one would do so on the user's machine.
 */
export function findOutsidePath(
  name: string,
  args: readonly unknown[],
  {
    folders,
    prefixes,
    isWriter,
  }: {
    readonly folders: readonly string[];
    /** What paths of folders start with that the program made for itself. */
    readonly prefixes: readonly string[];
    readonly isWriter: boolean;
  },
): string | null {
  for (const argument of TWO_PATHS.test(name) ? args.slice(0, 2) : args.slice(0, 1)) {
    const path = toPath(argument);
    if (path === null || HARMLESS.has(path)) continue;
    if (folders.some((folder) => path.startsWith(folder + sep))) continue;
    if (prefixes.some((prefix) => path.startsWith(prefix) && path.length > prefix.length)) continue;
    if (isWriter || isOnSomeMachine(path) || realFs.existsSync(path)) return path;
  }
  return null;
}

/** Top folders that most machines have, with files that a sandbox does not show. */
const SYSTEM_FOLDERS =
  /^\/(?:bin|boot|dev|etc|home|lib|lib32|lib64|media|mnt|opt|proc|root|run|sbin|srv|sys|usr|var|Users|Library|private)(?:\/|$)/u;

function isOnSomeMachine(path: string): boolean {
  return SYSTEM_FOLDERS.test(path);
}

function toPath(argument: unknown): string | null {
  try {
    if (typeof argument === "string") return resolve(argument);
    if (Buffer.isBuffer(argument)) return resolve(argument.toString());
    return argument instanceof URL ? fileURLToPath(argument) : null;
  } catch {
    return null;
  }
}
