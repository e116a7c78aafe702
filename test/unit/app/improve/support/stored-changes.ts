import { existsSync } from "node:fs";
import { mkdir, mkdtemp, readdir, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";

import { createRunFolderStore } from "../../../../../src/adapters/store/run-folder.ts";
import type { Improvement } from "../../../../../src/app/improve/step-schemas.ts";
import { createSystemClock } from "../../../../../src/kernel/clock.ts";
import type { FileChange } from "../../../../../src/kernel/unified-diff.ts";
import { openRunWriter } from "../../../../../src/orchestration/run-writer.ts";

const clock = createSystemClock();
/** In memory, where waiting for the disk costs nothing: it is waited for a thousand times. */
const PLACE = existsSync("/dev/shm") ? "/dev/shm" : tmpdir();

/** A project with a run of `improve` that waits for a yes. */
export interface StoredChanges extends AsyncDisposable {
  readonly root: string;
  readonly runId: string;
  /** All files of the user's with their texts, and folders that hold nothing. */
  look(): Promise<Readonly<Record<string, string>>>;
  /** The process that wrote the run's log is no more, though this one, in which it stood, is. */
  buryOwner(): Promise<void>;
}

/** Makes a project in which each file of the changes stands as before. */
export async function aStoredRun(changes: readonly FileChange[]): Promise<StoredChanges> {
  const root = await mkdtemp(join(PLACE, "regoose-apply-"));
  await writeFile(join(root, "package.json"), "{}");
  for (const { path, before } of changes) {
    if (before === null) continue;
    await mkdir(dirname(join(root, path)), { recursive: true });
    await writeFile(join(root, path), before);
  }
  const store = createRunFolderStore({ clock }, root);
  const runId = await store.create();
  const result: Improvement = {
    ended: "converged",
    changes,
    rounds: 1,
    changedVerdicts: [],
    changedTests: [],
    failures: [],
  };
  const output = await store.artifacts.put(runId, JSON.stringify(result));
  const writer = await openRunWriter(store.log, runId);
  const plan = { rounds: 1, degradations: [], notes: [] };
  await writer.append({ name: "run-start", data: { scenario: "code-improvement", plan } });
  await writer.append({
    name: "action-end",
    data: { step: "report", output, durationMs: 1, usedMs: 1 },
  });
  await writer.append({ name: "run-end", data: { outcome: "succeeded" } });
  await writer.release();
  const folder = store.folderOf(runId);
  return {
    root,
    runId,
    look: () => lookAt(root),
    async buryOwner() {
      const owners = (await readdir(folder)).filter((name) => /^owner-\d+$/u.test(name));
      const [last = ""] = owners.sort((a, b) => Number(b.slice(6)) - Number(a.slice(6)));
      const text = await readFile(join(folder, last), "utf8");
      const own = text.replace(/^\d+/u, "999999999");
      if (own !== text) await writeFile(join(folder, last), own);
    },
    [Symbol.asyncDispose]: () => rm(root, { recursive: true, force: true }),
  };
}

async function lookAt(root: string): Promise<Readonly<Record<string, string>>> {
  const entries = await readdir(root, { withFileTypes: true, recursive: true });
  const seen: Record<string, string> = {};
  for (const entry of entries) {
    const path = join(entry.parentPath, entry.name);
    const name = path.slice(root.length + 1);
    if (name === ".regoose" || name.startsWith(".regoose/")) continue;
    if (entry.isFile()) seen[name] = await readFile(path, "utf8");
    else if ((await readdir(path)).length === 0) seen[`${name}/`] = "nothing";
  }
  return seen;
}
