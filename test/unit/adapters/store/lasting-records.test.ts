import { appendFile, mkdtemp, readFile, rm, symlink, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect, onTestFinished, test } from "vitest";
import { createRunFolderStore } from "../../../../src/adapters/store/run-folder.ts";
import { EXPOSURE_RECORD, OUTCOME_RECORD } from "../../../../src/contract/feature-flags.ts";
import type { RunStore } from "../../../../src/ports/run-store.ts";
import { createFakeClock } from "../../../../src/testing/fake-clock.ts";

const clock = createFakeClock();

async function aFolder(): Promise<string> {
  const root = await mkdtemp(join(tmpdir(), "regoose-lasting-"));
  onTestFinished(() => rm(root, { recursive: true, force: true }));
  return root;
}

async function aRun(store: RunStore, records: readonly string[]): Promise<string> {
  clock.advance(1_000);
  const id = await store.create();
  const claim = await store.log.claim(id);
  const events = ["run-start", ...records].map((name) => ({ name, data: { of: id } }));
  await store.log.append(id, claim, events);
  await store.log.release(id, claim);
  return id;
}

test("records of experiments outlive the run that they stand in, once each and in order", async () => {
  const root = await aFolder();
  const store = createRunFolderStore({ clock }, root, { keptRuns: 2 });
  const ids: string[] = [];
  for (let count = 0; count < 4; count += 1)
    ids.push(await aRun(store, [EXPOSURE_RECORD, "action-end", OUTCOME_RECORD]));
  await aRun(store, []);
  expect((await store.list()).length).toBe(2);
  const lasting = await store.readLasting();
  expect(lasting.map(({ runId }) => runId)).toEqual(ids);
  for (const { runId, records } of lasting)
    expect(records.map(({ name, data }) => [name, data["of"]])).toEqual([
      [EXPOSURE_RECORD, runId],
      [OUTCOME_RECORD, runId],
    ]);
});

test("a line that was cut short, or that somebody else wrote, costs no other", async () => {
  const root = await aFolder();
  const store = createRunFolderStore({ clock }, root, { keptRuns: 1 });
  const first = await aRun(store, [EXPOSURE_RECORD]);
  const second = await aRun(store, [EXPOSURE_RECORD]);
  const path = join(root, ".regoose", "experiments.ndjson");
  expect(await readFile(path, "utf8")).not.toContain(second);
  await appendFile(path, '{"runId":"x","records":[]}\nnull\n{"runId":7}\n{"runId":"y","rec');
  await aRun(store, []);
  expect(await readFile(path, "utf8")).toContain(second);
  expect((await store.readLasting()).map(({ runId }) => runId)).toEqual([first, second]);
});

test("a link in the place of the file is neither read nor written through", async () => {
  const [root, elsewhere] = [await aFolder(), await aFolder()];
  const store = createRunFolderStore({ clock }, root, { keptRuns: 1 });
  const first = await aRun(store, [EXPOSURE_RECORD]);
  const target = join(elsewhere, "theirs");
  await writeFile(target, `{"runId":"theirs","records":[]}\n`);
  await symlink(target, join(root, ".regoose", "experiments.ndjson"));
  expect((await store.readLasting()).map(({ runId }) => runId)).toEqual([first]);
  await expect(store.create()).rejects.toMatchObject({ code: "RGS-7010" });
  expect(await readFile(target, "utf8")).not.toContain(first);
});
