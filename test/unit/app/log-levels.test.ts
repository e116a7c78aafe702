import { mkdtemp, readFile, rm, symlink, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect, onTestFinished, test } from "vitest";
import { createRunFolderStore } from "../../../src/adapters/store/run-folder.ts";
import { setLogLevels } from "../../../src/app/log-levels.ts";
import { openRunTelemetry } from "../../../src/app/run-telemetry.ts";
import { LOG_LEVELS_FILE } from "../../../src/contract/run-folder.ts";
import { createSystemClock } from "../../../src/kernel/clock.ts";

const clock = createSystemClock();

async function aRun() {
  const root = await mkdtemp(join(tmpdir(), "regoose-levels-"));
  onTestFinished(() => rm(root, { recursive: true, force: true }));
  await writeFile(join(root, "package.json"), "{}");
  const store = createRunFolderStore({ clock }, root);
  const runId = await store.create();
  const opened = await openRunTelemetry({ clock }, { runId, store });
  onTestFinished(() => opened[Symbol.asyncDispose]());
  const folder = store.folderOf(runId);
  return {
    ...{ root, runId, folder, telemetry: opened.telemetry },
    lines: () => readFile(join(folder, "log.ndjson"), "utf8").catch(() => ""),
    set: (levels: string) => setLogLevels({ clock }, { cwd: root, run: "latest", levels }),
  };
}

test("a run that goes on writes what the levels want from then on, component by component", async () => {
  const { telemetry, lines, set, runId } = await aRun();
  const say = (text: string): void => {
    telemetry.logger("search").debug(`search ${text}`);
    telemetry.logger("gate").info(`gate ${text}`);
  };
  say("before");
  expect(await set("warn,search=debug,telemetry=info")).toMatchObject({ kind: "set", runId });
  await expect
    .poll(
      async () => {
        say("after");
        return await lines();
      },
      { timeout: 30_000 },
    )
    .toContain("search after");
  telemetry.logger("gate").warn("gate still warns");
  await expect.poll(lines, { timeout: 30_000 }).toContain("gate still warns");
  const text = await lines();
  expect(text).toContain("gate before");
  expect(text).not.toContain("search before");
  const change = text.indexOf("the levels of the log are other ones now");
  expect(text.indexOf("gate after", change)).toBe(-1);
});

test("levels that are not understood change nothing, and a link in the file's place is not followed", async () => {
  const { folder, lines, set, root } = await aRun();
  expect(await set("search=loud")).toMatchObject({
    kind: "not-understood",
    problems: [expect.stringContaining('"search=loud"') as string],
  });
  const elsewhere = join(root, "elsewhere");
  await writeFile(elsewhere, "debug");
  await symlink(elsewhere, join(folder, LOG_LEVELS_FILE));
  // Two looks pass: a second each.
  await clock.sleep(2_500);
  expect(await lines()).not.toContain("other ones now");
  await rm(join(folder, LOG_LEVELS_FILE));
  await set("debug");
  await expect.poll(lines, { timeout: 30_000 }).toContain("other ones now");
});
