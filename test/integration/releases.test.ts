import { cp, mkdir, mkdtemp, readdir, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { resumeRun } from "../../src/app/resume.ts";
import { listRuns, renderStoredReport, showRun } from "../../src/app/stored-runs.ts";
import { verify } from "../../src/app/verify.ts";
import { explainRun } from "../../src/app/why.ts";
import { createSystemClock } from "../../src/kernel/clock.ts";
import { findReasonToSkip } from "../contract/sandbox/namespace-gate.ts";

/** Files as each release wrote them: `project/` with its suite and cards, `runs/` with logs and results. */
const RELEASES = join(import.meta.dirname, "../fixtures/releases");
const clock = createSystemClock();
const reason = await findReasonToSkip();
let root = "";

beforeEach(async () => void (root = await mkdtemp(join(tmpdir(), "regoose-releases-"))));
afterEach(() => rm(root, { recursive: true, force: true }));

async function install(release: string): Promise<string> {
  const folder = join(root, release);
  await cp(join(RELEASES, release, "project"), folder, { recursive: true });
  await mkdir(join(folder, ".regoose"), { recursive: true });
  await cp(join(RELEASES, release, "runs"), join(folder, ".regoose", "runs"), { recursive: true });
  return folder;
}

describe.each(await readdir(RELEASES))("files of release %s", (release) => {
  test("are listed, shown, reported and explained", async () => {
    const cwd = await install(release);
    const [run] = await listRuns({ clock }, cwd);
    expect(run).toMatchObject({ outcome: "succeeded", target: ".", tests: 3 });
    const { events } = await showRun({ clock }, cwd, "latest");
    expect(events.map(({ name }) => name)).toContain("run-end");
    const shape = { run: "latest", cwd, color: false, columns: 100 } as const;
    for (const format of ["markdown", "json", "html", "lcov", "junit"] as const) {
      expect((await renderStoredReport({ clock }, { ...shape, format })).content).not.toBe("");
    }
    const { causes } = await explainRun({ clock }, { run: "latest", cwd });
    expect(causes[0]?.id).toBe("all-well");
  });

  test("are refused for resuming where they do not say what was asked, and left as they are", async () => {
    const cwd = await install(release);
    const options = {
      signal: new AbortController().signal,
      onProgress: () => undefined,
      onNotice: () => undefined,
    };
    const resumed = resumeRun({ clock, version: "0" }, { run: "latest", cwd }, options);
    await expect(resumed).rejects.toMatchObject({ code: "RGS-1022" });
    expect(await listRuns({ clock }, cwd)).toHaveLength(1);
  });

  test.skipIf(reason !== null)(
    "hold cards that are proven again",
    { timeout: 120_000 },
    async () => {
      const cwd = await install(release);
      const data = await verify(
        { clock, version: "0" },
        { folder: join(cwd, "test", "regoose"), cwd, sandbox: "namespace" },
        { signal: new AbortController().signal },
      );
      expect(data).toMatchObject({ holds: 3, stale: 0, broken: 0 });
    },
  );
});
