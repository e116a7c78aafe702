import { mkdir, readdir, readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { describe, expect, test } from "vitest";

import { applyChanges, undoChanges } from "../../../../src/app/improve/apply-changes.ts";
import { createSystemClock } from "../../../../src/kernel/clock.ts";
import { dieAt } from "./support/die-at.ts";
import { aStoredRun, type StoredChanges } from "./support/stored-changes.ts";

const deps = { clock: createSystemClock() };
const CHANGES = [
  { path: "src/a.js", before: "a\r\n", after: "A\n" },
  { path: "src/b.js", before: "b", after: "B\n" },
  { path: "src/new/deep/c.js", before: null, after: "C\n" },
];
const OLD = { "package.json": "{}", "src/a.js": "a\r\n", "src/b.js": "b" };
const NEW = { "package.json": "{}", "src/a.js": "A\n", "src/b.js": "B\n" };
const WHOLE = { ...NEW, "src/new/deep/c.js": "C\n" };

const nameOf = ({ root, runId }: StoredChanges) => ({ run: runId, cwd: root });
const apply = (run: StoredChanges) => applyChanges(deps, nameOf(run));
const undo = (run: StoredChanges) => undoChanges(deps, nameOf(run));

/** Kills `work` at each of its calls in turn, and lets `mend` look at what stands then. */
async function atEachCall(
  prepare: (run: StoredChanges) => Promise<unknown>,
  work: (run: StoredChanges) => Promise<unknown>,
  mend: (run: StoredChanges) => Promise<void>,
): Promise<number> {
  for (let at = 1; ; at += 1) {
    await using run = await aStoredRun(CHANGES);
    await prepare(run);
    const hasDied = await dieAt(at, () => work(run));
    if (!hasDied) return at - 1;
    await run.buryOwner();
    await mend(run);
    const scratch = join(run.root, ".regoose/runs", run.runId);
    expect(await readdir(scratch)).not.toContain("changes");
  }
}

const nothing = () => Promise.resolve();

describe("changes that are applied", () => {
  test("are taken back with the folders that they had needed, and no other", async () => {
    await using run = await aStoredRun(CHANGES);
    await mkdir(join(run.root, "src/new"));
    await apply(run);
    expect(await run.look()).toEqual(WHOLE);
    await undo(run);
    // The user's own folder stays, though nothing stands in it.
    expect(await run.look()).toEqual({ ...OLD, "src/new/": "nothing" });
  });

  test("leave a folder that somebody has used meanwhile", async () => {
    await using run = await aStoredRun(CHANGES);
    await apply(run);
    await writeFile(join(run.root, "src/new/mine.js"), "mine\n");
    await undo(run);
    expect(await run.look()).toEqual({ ...OLD, "src/new/mine.js": "mine\n" });
    await apply(run);
    await undo(run);
    expect(await run.look()).toEqual({ ...OLD, "src/new/mine.js": "mine\n" });
  });

  test("leave no folder where they were refused", async () => {
    await using run = await aStoredRun(CHANGES);
    await writeFile(join(run.root, "src/b.js"), "mine\n");
    await expect(apply(run)).rejects.toMatchObject({ code: "RGS-3104" });
    expect(await run.look()).toEqual({ ...OLD, "src/b.js": "mine\n" });
  });

  test("are whole after a second yes, wherever the first was killed", async () => {
    const points = await atEachCall(nothing, apply, async (run) => {
      await apply(run);
      expect(await run.look()).toEqual(WHOLE);
      await undo(run);
      expect(await run.look()).toEqual(OLD);
    });
    expect(points).toBeGreaterThan(15);
  });

  test("are gone after --undo, wherever the yes was killed", async () => {
    await atEachCall(nothing, apply, async (run) => {
      await undo(run).catch((failure: unknown) => {
        // Killed before anything was begun.
        expect(failure).toMatchObject({ code: "RGS-3105" });
      });
      expect(await run.look()).toEqual(OLD);
    });
  });

  test("are gone after a second --undo, wherever the first was killed", async () => {
    const points = await atEachCall(apply, undo, async (run) => {
      await undo(run).catch((failure: unknown) => {
        // Killed after all was done.
        expect(failure).toMatchObject({ code: "RGS-3105" });
      });
      expect(await run.look()).toEqual(OLD);
    });
    expect(points).toBeGreaterThan(15);
  });

  test("name the folders they need before they make one", async () => {
    await using run = await aStoredRun(CHANGES);
    await apply(run);
    const log = await readFile(join(run.root, ".regoose/runs", run.runId, "events.ndjson"), "utf8");
    expect(log).toContain('"folders":["src/new","src/new/deep"]');
  });
});
