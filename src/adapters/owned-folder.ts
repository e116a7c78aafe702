import { existsSync, rmSync } from "node:fs";
import { mkdtemp, readdir, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { isDeadOwner, toProcessOwner } from "./process-owner.ts";

/** What temporary folders of a run are for. */
export type FolderPurpose = "stage" | "code" | "dry-run";

/** A temporary folder whose name tells the owning process. Disposing removes it, twice is fine. */
export interface OwnedFolder extends AsyncDisposable {
  readonly path: string;
}

/** Makes `<temp>/regoose-<purpose>-<pid>-<starttime>-…`, mode 0700. Removed at exit too, if not before. */
export async function createOwnedFolder(purpose: FolderPurpose): Promise<OwnedFolder> {
  const owner = toProcessOwner().replace(":", "-");
  const path = await mkdtemp(join(tmpdir(), `regoose-${purpose}-${owner}-`));
  const keep = removeAtExit(path);
  return {
    path,
    async [Symbol.asyncDispose]() {
      await rm(path, { recursive: true, force: true });
      keep();
    },
  };
}

/** Paths of the folders whose owners are proven dead. */
export async function listOwnedLeftovers(): Promise<readonly string[]> {
  const names = await readdir(tmpdir()).catch(() => []);
  return names
    .filter((name) => {
      const owner = /^regoose-(?:stage|code|dry-run)-(.+)$/u.exec(name)?.[1];
      return owner !== undefined && isDeadOwner(owner);
    })
    .map((name) => join(tmpdir(), name));
}

/** Removes them; answers one line each. */
export async function sweepOwnedFolders(): Promise<readonly string[]> {
  const removed: string[] = [];
  for (const path of await listOwnedLeftovers()) {
    await rm(path, { recursive: true, force: true }).catch(() => undefined);
    removed.push(`removed ${path}`);
  }
  return removed;
}

const doomed = new Set<string>();

/**
 * Has a folder removed when this process exits, however hastily; what a kill leaves is found by the next
 * sweep. Answers how to take that back.
 */
export function removeAtExit(folder: string): () => void {
  if (doomed.size === 0) process.once("exit", removeDoomed);
  doomed.add(folder);
  return () => {
    doomed.delete(folder);
    if (doomed.size === 0) process.off("exit", removeDoomed);
  };
}

/** Longest that a process waits at its end for those that still write into its folders, ms. */
const PATIENCE_MS = 1_000;
const PAUSE_MS = 10;

/** What writes there dies with this process, or stops once its folder is gone; until then names may come back. */
function removeDoomed(): void {
  const until = performance.now() + PATIENCE_MS;
  let left = [...doomed];
  for (;;) {
    left = left.filter((folder) => !isRemoved(folder));
    if (left.length === 0 || performance.now() > until) return;
    // At the end of a process nothing else can wait.
    Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, PAUSE_MS);
  }
}

function isRemoved(folder: string): boolean {
  try {
    rmSync(folder, { recursive: true, force: true });
    return !existsSync(folder);
  } catch {
    return false;
  }
}
