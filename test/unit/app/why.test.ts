import { mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, expect, test } from "vitest";
import { createRunFolderStore } from "../../../src/adapters/store/run-folder.ts";
import { explainRun } from "../../../src/app/why.ts";
import { createFakeClock } from "../../../src/testing/fake-clock.ts";

const clock = createFakeClock();
let root = "";

beforeEach(async () => {
  root = await mkdtemp(join(tmpdir(), "regoose-why-"));
  await writeFile(join(root, "package.json"), '{ "name": "why" }');
});
afterEach(() => rm(root, { recursive: true, force: true }));

const firstCause = async (): Promise<string | undefined> =>
  (await explainRun({ clock }, { run: "latest", cwd: root })).causes[0]?.id;

test("a run is explained from its log, also where that is damaged", async () => {
  const store = createRunFolderStore({ clock }, root);
  const id = await store.create();
  expect(await firstCause()).toBe("never-began");
  const claim = await store.log.claim(id);
  await store.log.append(id, claim, [
    { name: "run-start", data: { target: "." } },
    { name: "run-end", data: { outcome: "failed", code: "RGS-7013", message: "full", hint: "rm" } },
  ]);
  await store.log.release(id, claim);
  const told = await explainRun({ clock }, { run: "latest", cwd: root });
  expect(told).toMatchObject({ outcome: "failed", causes: [{ id: "RGS-7013", next: "rm" }] });
  const log = join(store.folderOf(id), "events.ndjson");
  await writeFile(log, (await readFile(log, "utf8")).replace("RGS-7013", "RGS-7014"));
  expect(await firstCause()).toBe("log-damaged");
});
