import { mkdir, mkdtemp, readdir, readFile, rm, symlink, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { createRunFolderStore } from "../../../../src/adapters/store/run-folder.ts";
import type { Clock } from "../../../../src/kernel/clock.ts";

let root = "";
let nowMs = Date.UTC(2026, 10, 24, 8, 15);
const clock: Clock = { now: () => nowMs, monotonic: () => nowMs, sleep: () => Promise.resolve() };

beforeEach(async () => {
  root = await mkdtemp(join(tmpdir(), "regoose-runs-test-"));
  nowMs = Date.UTC(2026, 10, 24, 8, 15);
});
afterEach(async () => {
  await rm(root, { recursive: true, force: true });
});

/** A run whose log has the given end. */
async function aRun(target: string, outcome: string | null): Promise<string> {
  const store = createRunFolderStore({ clock }, root);
  const { log } = store;
  const id = await store.create();
  const claim = await log.claim(id);
  const ends = outcome === null ? [] : [{ name: "run-end", data: { outcome, tests: 4 } }];
  await log.append(id, claim, [{ name: "run-start", data: { target } }, ...ends]);
  await log.release(id, claim);
  nowMs += 1000;
  return id;
}

describe("run folder", () => {
  test("has an id that sorts by time, and keeps itself out of the user's repository", async () => {
    const id = await createRunFolderStore({ clock }, root).create();
    expect(id).toMatch(/^20261124-081500-[0-9a-f]{6}$/u);
    expect(await readFile(join(root, ".regoose", ".gitignore"), "utf8")).toBe("*\n");
  });

  test("lists the newest first, with outcome and number of tests", async () => {
    const store = createRunFolderStore({ clock }, root);
    const first = await aRun("first", "succeeded");
    const second = await aRun("second", null);
    await store.log.claim(await aRun("third", null));
    expect(await store.list()).toMatchObject([
      { outcome: "running", target: "third" },
      { id: second, outcome: "interrupted", tests: null, target: "second" },
      { id: first, outcome: "succeeded", tests: 4, target: "first" },
    ]);
  });

  test("resolves a full id, a unique prefix and latest", async () => {
    const store = createRunFolderStore({ clock }, root);
    const first = await store.create();
    nowMs += 60_000;
    const second = await store.create();
    expect(await store.resolve("latest")).toBe(second);
    expect(await store.resolve(first)).toBe(first);
    expect(await store.resolve(first.slice(0, 15))).toBe(first);
    await expect(store.resolve("2026")).rejects.toMatchObject({ code: "RGS-1010" });
    await expect(store.resolve("nothing")).rejects.toMatchObject({
      code: "RGS-1010",
      hint: expect.stringContaining(first) as string,
    });
  });

  test("tells a project without runs to generate first", async () => {
    await expect(createRunFolderStore({ clock }, root).resolve("latest")).rejects.toMatchObject({
      hint: expect.stringContaining("regoose generate") as string,
    });
  });

  test("writes, reads and removes files whole", async () => {
    const store = createRunFolderStore({ clock }, root);
    const id = await store.create();
    await store.writeFile(id, "result.json", "{}");
    expect(await store.readFile(id, "result.json")).toBe("{}");
    await store.removeFile(id, "result.json");
    await expect(store.readFile(id, "result.json")).rejects.toMatchObject({ code: "RGS-1010" });
  });

  test("says what to do when the project cannot be written", async () => {
    await mkdir(join(root, "project"));
    await writeFile(join(root, "project", ".regoose"), "a file stands in the way");
    await expect(
      createRunFolderStore({ clock }, join(root, "project")).create(),
    ).rejects.toMatchObject({
      code: "RGS-7010",
      hint: expect.stringContaining("writable") as string,
    });
  });
});

describe("retention", () => {
  const KEEP_TWO = { keptRuns: 2 };

  test("removes the oldest runs that have ended, and none that someone works on", async () => {
    const store = createRunFolderStore({ clock }, root, KEEP_TWO);
    const held = await aRun("held", null);
    await store.log.claim(held);
    const ended = await aRun("ended", "succeeded");
    const interrupted = await aRun("interrupted", null);
    const newest = await store.create();
    const left = (await store.list()).map((run) => run.id);
    expect(left).toEqual([newest, interrupted, held]);
    expect(left).not.toContain(ended);
  });

  test("spares a run that is being done again, and of two at a time removes each run once", async () => {
    const spared = await aRun("spared", "succeeded");
    for (const name of ["one", "two", "three", "four"]) await aRun(name, "succeeded");
    const made = await Promise.all(
      [1, 2, 3].map(() =>
        createRunFolderStore({ clock }, root, KEEP_TWO).create({ spare: [spared] }),
      ),
    );
    const left = (await createRunFolderStore({ clock }, root).list()).map(({ id }) => id);
    expect(left).toEqual(expect.arrayContaining([spared, ...made]));
    // The newest of the old ones may stay where all three looked before any was made.
    expect(left.length).toBeLessThanOrEqual(5);
  });

  test("leaves a run to whoever has just taken it up, and takes it once that one let go", async () => {
    const store = createRunFolderStore({ clock }, root, { keptRuns: 1 });
    const old = await aRun("old", "succeeded");
    const claim = await store.log.claim(old);
    await store.create();
    expect((await store.list()).map(({ id }) => id)).toContain(old);
    await store.log.release(old, claim);
    await store.create();
    expect((await store.list()).map(({ id }) => id)).not.toContain(old);
  });

  test("removes nothing through a link that the project brings along, and no folder of another name", async () => {
    const elsewhere = join(root, "elsewhere");
    await mkdir(join(elsewhere, "20200101-000000-abcdef"), { recursive: true });
    await mkdir(join(root, "project", ".regoose"), { recursive: true });
    await symlink(elsewhere, join(root, "project", ".regoose", "runs"));
    await createRunFolderStore({ clock }, join(root, "project"), { keptRuns: 1 }).create();
    expect(await readdir(elsewhere)).toContain("20200101-000000-abcdef");
    await mkdir(join(root, ".regoose", "runs", "mine"), { recursive: true });
    await createRunFolderStore({ clock }, root, { keptRuns: 1 }).create();
    expect(await readdir(join(root, ".regoose", "runs"))).toContain("mine");
  });
});
