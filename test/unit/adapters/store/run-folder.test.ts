import { appendFile, mkdir, mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
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

describe("run folder", () => {
  test("has an id that sorts by time, and keeps itself out of the user's repository", async () => {
    const run = await createRunFolderStore({ clock }, root).create(".");
    expect(run.id).toMatch(/^20261124-081500-[0-9a-f]{6}$/u);
    expect(await readFile(join(root, ".regoose", ".gitignore"), "utf8")).toBe("*\n");
  });

  test("keeps events in order, whoever appends at the same time", async () => {
    const store = createRunFolderStore({ clock }, root);
    const run = await store.create(".");
    await Promise.all(
      Array.from({ length: 30 }, (_, index) => run.append({ name: "step", data: { index } })),
    );
    const events = await store.readEvents(run.id);
    expect(events.slice(1).map((event) => event.data["index"])).toEqual(
      Array.from({ length: 30 }, (_, index) => index),
    );
  });

  test("leaves out a torn last line", async () => {
    const store = createRunFolderStore({ clock }, root);
    const run = await store.create(".");
    await appendFile(join(run.folder, "events.ndjson"), '{"at":"x","name":"st');
    await appendFile(join(run.folder, "events.ndjson"), "\nnull\n3\n");
    expect((await store.readEvents(run.id)).map((event) => event.name)).toEqual(["run-start"]);
  });

  test("lists the newest first, with outcome and number of tests", async () => {
    const store = createRunFolderStore({ clock }, root);
    const first = await store.create("first");
    await first.append({ name: "run-end", data: { outcome: "succeeded", tests: 4 } });
    nowMs += 1000;
    const second = await store.create("second");
    expect(await store.list()).toMatchObject([
      { id: second.id, outcome: "interrupted", tests: null, target: "second" },
      { id: first.id, outcome: "succeeded", tests: 4, target: "first" },
    ]);
  });

  test("resolves a full id, a unique prefix and latest", async () => {
    const store = createRunFolderStore({ clock }, root);
    const first = await store.create(".");
    nowMs += 60_000;
    const second = await store.create(".");
    expect(await store.resolve("latest")).toBe(second.id);
    expect(await store.resolve(first.id)).toBe(first.id);
    expect(await store.resolve(first.id.slice(0, 15))).toBe(first.id);
    await expect(store.resolve("2026")).rejects.toMatchObject({ code: "RGS-1010" });
    await expect(store.resolve("nothing")).rejects.toMatchObject({
      code: "RGS-1010",
      hint: expect.stringContaining(first.id) as string,
    });
  });

  test("tells a project without runs to generate first", async () => {
    await expect(createRunFolderStore({ clock }, root).resolve("latest")).rejects.toMatchObject({
      hint: expect.stringContaining("regoose generate") as string,
    });
  });

  test("writes and reads artifacts whole", async () => {
    const store = createRunFolderStore({ clock }, root);
    const run = await store.create(".");
    await run.writeArtifact("result.json", "{}");
    expect(await store.readArtifact(run.id, "result.json")).toBe("{}");
    await expect(store.readArtifact(run.id, "other.json")).rejects.toMatchObject({
      code: "RGS-1010",
    });
  });

  test("says what to do when the project cannot be written", async () => {
    await mkdir(join(root, "project"));
    await writeFile(join(root, "project", ".regoose"), "a file stands in the way");
    await expect(
      createRunFolderStore({ clock }, join(root, "project")).create("."),
    ).rejects.toMatchObject({
      code: "RGS-7010",
      hint: expect.stringContaining("writable") as string,
    });
  });
});
