import { mkdir, mkdtemp, readdir, readFile, realpath, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { syncFolder, writeWhole } from "../../../src/adapters/durable-files.ts";
import { openAnswerStore } from "../../../src/adapters/llm/router/answer-store.ts";
import { createRunFolderStore } from "../../../src/adapters/store/run-folder.ts";
import { writeChanges } from "../../../src/adapters/workspace/change-files.ts";
import { openSuiteFolder } from "../../../src/adapters/workspace/suite-folder.ts";
import { openJobJournal } from "../../../src/app/serve/job-journal.ts";
import { createFakeClock } from "../../../src/testing/fake-clock.ts";
import { aJob } from "../server/fakes.ts";
import { watchSyncs, type Synced } from "./watch-syncs.ts";

const clock = createFakeClock();
let root = "";
beforeEach(
  async () => void (root = await realpath(await mkdtemp(join(tmpdir(), "regoose-disk-")))),
);
afterEach(() => rm(root, { recursive: true, force: true }));

/** Whether the folder was synced while it held the name. */
const holds = (seen: readonly Synced[], folder: string, name: string): boolean =>
  seen.some(({ path, names }) => path === folder && names.includes(name));

describe.runIf(process.platform === "linux")("what a power cut must not take", () => {
  test("of a run: its folder, its owner, its log, results and kept files, each with its name", async () => {
    using disk = await watchSyncs();
    const store = createRunFolderStore({ clock }, root);
    const id = await store.create();
    const folder = store.folderOf(id);
    expect(holds(disk.seen, root, ".regoose")).toBe(true);
    expect(holds(disk.seen, join(root, ".regoose", "runs"), id)).toBe(true);
    const claim = await store.log.claim(id);
    expect(holds(disk.seen, folder, "owner-1")).toBe(true);
    await store.log.append(id, claim, [{ name: "run-start", data: {} }], { isDurable: true });
    expect(disk.seen.some(({ path }) => path === join(folder, "events.ndjson"))).toBe(true);
    expect(holds(disk.seen, folder, "events.ndjson")).toBe(true);
    const hash = await store.artifacts.put(id, "a result");
    expect(holds(disk.seen, folder, "artifacts")).toBe(true);
    expect(holds(disk.seen, join(folder, "artifacts"), `${hash}.gz`)).toBe(true);
    await store.writeFile(id, "result.json", "{}", { isDurable: true });
    expect(holds(disk.seen, folder, "result.json")).toBe(true);
  });

  test("of answers that were paid for, and of what a server was asked and has answered", async () => {
    using disk = await watchSyncs();
    const answers = join(root, "answers");
    await openAnswerStore(answers).put("abcd", { v: 1 } as never);
    expect(holds(disk.seen, join(answers, "ab"), "abcd.json")).toBe(true);
    const state = join(root, "state");
    await using journal = await openJobJournal({ clock }, state);
    expect(holds(disk.seen, state, "jobs-000001")).toBe(true);
    await journal.put(aJob(1));
    await journal.putAnswer("r000000001", "{}");
    expect(holds(disk.seen, join(state, "answers"), "r000000001.json")).toBe(true);
  });

  test("of a suite: its files, the user's among them, before the old ones go", async () => {
    const out = join(root, "test", "regoose");
    await mkdir(join(out, "mine"), { recursive: true });
    await writeFile(join(out, "mine", "helper.js"), "of the user");
    await using suite = await openSuiteFolder(out);
    using disk = await watchSyncs();
    await suite.replace({ "a.test.js": "" });
    const staged = join(root, "test", ".regoose.regoose-staged");
    const paths = disk.seen.map(({ path }) => path);
    for (const file of ["a.test.js", join("mine", "helper.js"), "mine", "."]) {
      expect(paths).toContain(join(staged, file));
    }
    const swapped = disk.seen.find(({ path }) => path === join(root, "test"))?.names;
    // The old files are there until the new name is on disk.
    expect(swapped).toEqual(expect.arrayContaining(["regoose", ".regoose.regoose-retired"]));
  });

  test("of changes to the user's files, before the old texts go", async () => {
    await mkdir(join(root, "src"));
    await writeFile(join(root, "src", "a.js"), "old");
    using disk = await watchSyncs();
    const changes = [
      { path: "src/a.js", before: "old", after: "new" },
      { path: "lib/b.js", before: null, after: "b" },
    ];
    const way = { scratch: join(root, "scratch"), mark: "m" };
    expect(await writeChanges(root, changes, way)).toMatchObject({ kind: "written" });
    expect(holds(disk.seen, join(root, "src"), "a.js")).toBe(true);
    expect(holds(disk.seen, join(root, "lib"), "b.js")).toBe(true);
    expect(holds(disk.seen, root, "lib")).toBe(true);
    expect(disk.seen.filter(({ path }) => path === root).at(-1)?.names).toContain("scratch");
  });
});

test("a file that cannot be put in its place leaves nothing beside it", async () => {
  await mkdir(join(root, "taken"));
  await expect(writeWhole(join(root, "taken"), "text")).rejects.toMatchObject({ code: "EISDIR" });
  expect(await readdir(root)).toEqual(["taken"]);
  await writeWhole(join(root, "free"), "text");
  expect(await readFile(join(root, "free"), "utf8")).toBe("text");
});

test("a folder that is not there is an error, not one that cannot be synced", async () => {
  await expect(syncFolder(join(root, "nothing"))).rejects.toMatchObject({ code: "ENOENT" });
});
