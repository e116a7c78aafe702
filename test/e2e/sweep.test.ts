import { existsSync } from "node:fs";
import { describe, expect, test } from "vitest";
import { aProject, hasNamespace, runCli, startCli, waitFor } from "./support/cli.ts";
import { listFolders, listGroups, listProcesses, reach } from "./support/watch-run.ts";

const FILES = { "index.js": "exports.double = (n) => n * 2;\n" };
const QUICK = ["--max-executions", "60", "--reruns", "1", "--baseline", "none"];

describe.skipIf(!hasNamespace())("what a killed command leaves", () => {
  test.each(["namespace", "guarded"])(
    "is gone once the next one has started, at level %s",
    async (level) => {
      await using project = await aProject(FILES);
      const args = ["generate", "--json", "--sandbox", level];
      const child = startCli([...args, "--max-time", "60s", "--baseline", "none"], {
        cwd: project.root,
      });
      const pid = child.pid ?? 0;
      const ended = waitFor(child);
      await reach(project.root, "start propose");
      await expect.poll(() => listProcesses(project.root, pid).length).toBeGreaterThan(1);
      child.kill("SIGKILL");
      await ended;
      // The copy of the project, and the home of its sandboxes with the ledger.
      const left = listFolders(pid);
      expect(left).toHaveLength(2);
      await expect.poll(() => listProcesses(project.root, pid), { timeout: 5_000 }).toEqual([]);

      const next = await runCli([...args, ...QUICK], { cwd: project.root });
      expect(next.code, next.stdout + next.stderr).toBe(0);
      expect(listFolders(pid)).toEqual([]);
      if (existsSync("/sys/fs/cgroup")) expect(listGroups(pid)).toEqual([]);
    },
    120_000,
  );
});
