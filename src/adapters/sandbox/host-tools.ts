import { accessSync, constants, readFileSync } from "node:fs";
import { join } from "node:path";

/** Folders searched for system tools; never PATH, which the user's project may have a say in. */
export const TOOL_FOLDERS: readonly string[] = [
  "/usr/bin",
  "/bin",
  "/usr/sbin",
  "/sbin",
  "/usr/local/bin",
  "/run/current-system/sw/bin",
];

/** The absolute path of a tool, or null. */
export function findTool(name: string, folders: readonly string[] = TOOL_FOLDERS): string | null {
  for (const folder of folders) {
    const path = join(folder, name);
    try {
      accessSync(path, constants.X_OK);
      return path;
    } catch {
      // Not there: the next folder.
    }
  }
  return null;
}

/**
 * The user that sandboxed programs are when Regoose is root: a number without an account, so that no
 * file of the machine belongs to it. Below 65,536, or containers with a small map could not set it.
 */
export const DROPPED_ID = 61_374;

/** True when this process is root and has to give that up before untrusted code runs. */
export function isRoot(): boolean {
  return process.getuid?.() === 0;
}

/** Open files of each sandboxed process. */
export const MOST_OPEN_FILES = 1_024;

/** {@link MOST_OPEN_FILES}, or what this machine allows at most where that is less (proc(5), limits). */
export function toOpenFiles(limitsFile = "/proc/self/limits"): number {
  try {
    const hard = /^Max open files\s+\d+\s+(\d+)/mu.exec(readFileSync(limitsFile, "utf8"))?.[1];
    return Math.min(MOST_OPEN_FILES, Number(hard ?? MOST_OPEN_FILES));
  } catch {
    return MOST_OPEN_FILES;
  }
}
