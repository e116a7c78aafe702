import { mkdir, readdir, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import { aProject, hasNamespace, runCli, startCli, toEnvelope, waitFor } from "./support/cli.ts";
import { reach } from "./support/watch-run.ts";

const SOURCE = {
  "index.js": "exports.clamp = (n, low, high) => (n < low ? low : n > high ? high : n);\n",
};
const GENERATE = ["generate", "--json", "--max-executions", "200", "--reruns", "1", "--seed", "1"];
/** Above what a busy machine takes. */
const LIMIT_MS = 240_000;

/** Runs that have ended long ago, more than are kept. */
async function withOldRuns(root: string): Promise<void> {
  for (let one = 10; one < 65; one += 1) {
    const folder = join(root, ".regoose", "runs", `20200101-0000${String(one)}-abcdef`);
    await mkdir(folder, { recursive: true });
    const at = "2020-01-01T00:00:00.000Z";
    const line = { at, name: "run-end", data: { outcome: "succeeded" } };
    await writeFile(join(folder, "events.ndjson"), `${JSON.stringify(line)}\n`);
  }
}

describe.skipIf(!hasNamespace())("two commands in one project at a time", () => {
  test(
    "two that generate: into one folder the second is refused, into two both end well, and old runs go once",
    async () => {
      await using project = await aProject(SOURCE);
      const { root } = project;
      await withOldRuns(root);
      const first = startCli(GENERATE, { cwd: root });
      const firstEnd = waitFor(first);
      await reach(root, "start prepare");
      const second = await runCli(GENERATE, { cwd: root });
      expect(second.code).toBe(2);
      expect(toEnvelope(second).error).toMatchObject({ code: "RGS-3001" });
      const beside = await runCli([...GENERATE, "--out", "test/other"], { cwd: root });
      expect(toEnvelope(beside)).toMatchObject({ ok: true, data: { outcome: "succeeded" } });
      const ended = await firstEnd;
      expect(toEnvelope(ended)).toMatchObject({ ok: true, data: { outcome: "succeeded" } });
      expect((await readdir(join(root, "test"))).sort()).toEqual(["other", "regoose"]);
      const listed = await runCli(["runs", "list", "--json"], { cwd: root });
      const runs = toEnvelope<{ runs: { outcome: string }[] }>(listed).data?.runs ?? [];
      expect(runs.length).toBeGreaterThan(1);
      expect(runs.length).toBeLessThanOrEqual(50);
      expect(runs.map(({ outcome }) => outcome)).toEqual(runs.map(() => "succeeded"));
      for (const out of ["test/regoose", "test/other"]) {
        expect((await runCli(["verify", out, "--json"], { cwd: root })).code).toBe(0);
      }
    },
    LIMIT_MS,
  );

  test(
    "one that generates, beside a rerun and a reset of another run",
    async () => {
      await using project = await aProject(SOURCE);
      const { root } = project;
      const old = toEnvelope(await runCli(GENERATE, { cwd: root })).data?.runId ?? "";
      const first = startCli(GENERATE, { cwd: root });
      const firstEnd = waitFor(first);
      await expect
        .poll(() => readdir(join(root, ".regoose", "runs")), { timeout: 60_000 })
        .toHaveLength(2);
      await reach(root, "start prepare");
      const rerun = await runCli(["rerun", old, "--from", "admit", "--json"], { cwd: root });
      expect(toEnvelope(rerun).error).toMatchObject({ code: "RGS-3001" });
      const reset = await runCli(["runs", "reset", old, "--from", "admit", "--json"], {
        cwd: root,
      });
      expect(toEnvelope<{ reset: string[] }>(reset).data).toMatchObject({
        reset: ["admit", "write"],
      });
      expect(toEnvelope(await firstEnd)).toMatchObject({ ok: true });
      const resumed = await runCli(["resume", old, "--json"], { cwd: root });
      expect(toEnvelope(resumed)).toMatchObject({ ok: true, data: { runId: old } });
    },
    LIMIT_MS,
  );
});
