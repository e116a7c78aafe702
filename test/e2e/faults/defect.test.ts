import { existsSync, readFileSync } from "node:fs";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { describe, expect, onTestFinished, test } from "vitest";
import { aProject, hasNamespace, runCli, startCli, toEnvelope, waitFor } from "../support/cli.ts";
import { aServerIn } from "../support/server.ts";
import { listFolders, listProcesses, reach, readLog } from "../support/watch-run.ts";

const SOURCE = {
  "index.js":
    "exports.clamp = (n, low, high) => {\n  if (n < low) return low;\n  return n > high ? high : n;\n};\n",
};
const KINDS = ["exception", "rejection"] as const;
const PRELOAD = `--import ${join(import.meta.dirname, "..", "support", "at-step.ts")}`;

/** Lines of a log that report a defect. */
function readDefects(path: string): readonly Readonly<Record<string, unknown>>[] {
  return readFileSync(path, "utf8")
    .split("\n")
    .filter((line) => line.includes('"RGS-9001"'))
    .map((line) => JSON.parse(line) as Readonly<Record<string, unknown>>);
}

describe.skipIf(!hasNamespace())("what breaks in Regoose where nobody waits for it (F45)", () => {
  test.each(KINDS)(
    "an %s ends a run as a defect that names it, with nothing left running, and the run goes on later",
    async (kind) => {
      await using project = await aProject(SOURCE);
      const args = ["generate", "--json", "--seed", "1", "--max-executions", "300"];
      const child = startCli([...args, "--reruns", "1"], {
        cwd: project.root,
        env: { NODE_OPTIONS: PRELOAD, AT_STEP: "propose", AT_DO: kind },
      });
      const result = await waitFor(child);
      expect(result.code, result.stdout + result.stderr).toBe(1);
      const { error } = toEnvelope(result);
      expect(error).toMatchObject({
        code: "RGS-9001",
        message: expect.stringContaining(`injected ${kind}`) as string,
        runId: expect.stringMatching(/^\d{8}-/u) as string,
      });
      const runId = error?.runId ?? "";
      const log = join(project.root, ".regoose", "runs", runId, "log.ndjson");
      expect(readDefects(log)[0]).toMatchObject({ level: "error", run_id: runId });
      const pid = child.pid ?? 0;
      await expect.poll(() => listProcesses(project.root, pid), { timeout: 10_000 }).toEqual([]);
      expect(listFolders(pid)).toEqual([]);
      expect(existsSync(join(project.root, "test", "regoose"))).toBe(false);
      const resumed = await runCli(["resume", "--json"], { cwd: project.root });
      expect(resumed.code, resumed.stdout + resumed.stderr).toBe(0);
      expect(toEnvelope(resumed).data?.runId).toBe(runId);
    },
    180_000,
  );

  test.each(KINDS)(
    "an %s ends a server as a defect, and its run waits to be resumed",
    async (kind) => {
      await using project = await aProject(SOURCE);
      const state = await mkdtemp(join(tmpdir(), "regoose-defect-"));
      onTestFinished(() => rm(state, { recursive: true, force: true }));
      await using server = await aServerIn({ NODE_OPTIONS: PRELOAD, AT_DO: kind }, state);
      const submitted = { project: project.root, flags: { maxTime: "5m", seed: 2 } };
      await server.ask("POST", "/api/v1/runs", submitted);
      await reach(project.root, "start propose");
      expect(await server.stop("SIGUSR2")).toBe(1);
      expect(server.stderr()).toContain(`injected ${kind}`);
      expect(readDefects(join(state, "server.log.ndjson"))[0]).toMatchObject({ level: "error" });
      expect(existsSync(join(state, "address.json"))).toBe(false);
      expect(listProcesses(project.root, server.pid)).toEqual([]);
      // Interrupted by its server, at a checkpoint.
      expect(readLog(project.root)).toContain('"outcome":"cancelled"');
    },
    180_000,
  );
});
