import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { createRunFolderStore } from "../../../src/adapters/store/run-folder.ts";
import { renderStoredReport } from "../../../src/app/stored-runs.ts";
import { createFakeClock } from "../../../src/testing/fake-clock.ts";

const clock = createFakeClock();
let root: string;

beforeEach(async () => {
  root = await mkdtemp(join(tmpdir(), "regoose-stored-"));
  await writeFile(join(root, "package.json"), '{ "name": "stored" }');
});
afterEach(() => rm(root, { recursive: true, force: true }));

const render = (run: string): Promise<unknown> =>
  renderStoredReport({ clock }, { run, cwd: root, format: "markdown", color: false, columns: 80 });

describe("the report of a stored run", () => {
  test("is refused for a run that is not there", async () => {
    await expect(render("latest")).rejects.toMatchObject({ name: "RunNotFound" });
  });

  test("is refused for a run that ended before it had one, and says where to look", async () => {
    const id = await createRunFolderStore({ clock }, root).create();
    await expect(render(id)).rejects.toMatchObject({
      name: "RunUnfinished",
      code: "RGS-1013",
      hint: expect.stringContaining(`regoose runs show ${id}`) as string,
    });
  });

  test("is refused for a run whose file is damaged", async () => {
    const store = createRunFolderStore({ clock }, root);
    const id = await store.create();
    await store.writeFile(id, "report-input.json", "{");
    await expect(render(id)).rejects.toMatchObject({
      name: "StoredRunUnreadable",
      code: "RGS-1011",
    });
  });
});
