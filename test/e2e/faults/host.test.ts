import { spawn } from "node:child_process";
import { existsSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import { aProject, BIN, hasNamespace, startCli, toEnvelope, waitFor } from "../support/cli.ts";
import { listFolders, listProcesses } from "../support/watch-run.ts";

// No input is found for the last one, so that the search uses the time it has.
const FILES = {
  "index.js": `
exports.double = (n) => n * 2;
exports.open = (key) => { if (key * 7919 === 104729 * 3571) return "open"; };
`,
};
const QUICK = ["generate", "--json", "--reruns", "1", "--baseline", "none", "--seed", "1"];

describe.skipIf(!hasNamespace())("faults of the host", () => {
  test("F44: no search process is taken for silent because this process stood still", async () => {
    await using project = await aProject(FILES);
    const blocked = join(project.root, "blocked");
    const preload = join(import.meta.dirname, "..", "support", "block-at-propose.ts");
    const child = startCli([...QUICK, "--max-time", "25s"], {
      cwd: project.root,
      env: { NODE_OPTIONS: `--import ${preload}`, BLOCKED_FILE: blocked },
    });
    const result = await waitFor(child);
    expect(result.code, result.stdout + result.stderr).toBe(0);
    // Without this the rest would show nothing.
    expect(existsSync(blocked)).toBe(true);
    const { data } = toEnvelope(result);
    expect([...(data?.notes ?? []), ...(data?.degradations ?? [])].join("\n")).not.toMatch(
      /lost|given up/u,
    );
    expect(data?.suite?.tests).toBeGreaterThan(0);
  }, 120_000);

  test.each([
    { limit: 24, codes: [7, 75] },
    { limit: 512, codes: [0] },
  ])(
    "F68: with $limit file descriptors it works, or says what is missing, and leaves nothing",
    async ({ limit, codes }) => {
      await using project = await aProject(FILES);
      const child = spawn(
        "/bin/sh",
        [
          ...["-c", `ulimit -n ${String(limit)} && exec "$0" "$@"`, process.execPath, BIN],
          ...[...QUICK, "--max-executions", "60"],
        ],
        { cwd: project.root, env: { ...process.env, NO_COLOR: "1" } },
      );
      const result = await waitFor(child);
      const { error } = toEnvelope(result);
      expect(codes, result.stdout).toContain(result.code);
      // After several tries it is an open circuit, which names what it met as its cause.
      const said = JSON.stringify([error?.hint, error]);
      if (result.code !== 0) expect(said).toMatch(/ulimit|doctor|EMFILE|too many open files/iu);
      await expect
        .poll(() => listProcesses(project.root, child.pid ?? 0), { timeout: 5_000 })
        .toEqual([]);
      expect(listFolders(child.pid ?? 0)).toEqual([]);
    },
    120_000,
  );
});
