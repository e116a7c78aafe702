import { existsSync } from "node:fs";
import { readdir, writeFile } from "node:fs/promises";
import { setTimeout as sleep } from "node:timers/promises";
import { join } from "node:path";
import { expect, test } from "vitest";
import { toProcessOwner } from "../../../src/adapters/process-owner.ts";
import { aProject, hasNamespace, runCli, startCli, toEnvelope, waitFor } from "../support/cli.ts";
import { listProcesses, reach, readLog } from "../support/watch-run.ts";

const FILES = { "index.js": "exports.double = (n) => n * 2;\nexports.half = (n) => n / 2;\n" };
const GENERATE = ["generate", "--json", "--seed", "3", "--max-executions", "300", "--reruns", "1"];

test.skipIf(!hasNamespace())(
  "F42: a process that was stopped, and goes on when the run has another owner, writes nothing",
  async () => {
    await using project = await aProject(FILES);
    const { root } = project;
    const child = startCli(GENERATE, { cwd: root });
    const ended = waitFor(child);
    await reach(root, "start propose");
    child.kill("SIGSTOP");
    // While it lives its run is its own, stopped or not.
    expect(toEnvelope(await runCli(["resume", "--json"], { cwd: root })).error).toMatchObject({
      name: expect.stringMatching(/Busy$/u) as string,
    });
    const runs = join(root, ".regoose", "runs");
    const [id = ""] = await readdir(runs);
    await writeFile(join(runs, id, "owner-2"), toProcessOwner());
    const before = readLog(root);
    await sleep(500);
    child.kill("SIGCONT");
    const result = await ended;
    expect(result.code, result.stdout).toBe(7);
    expect(toEnvelope(result).error).toMatchObject({ code: "RGS-1018", name: "LostOwnership" });
    expect(existsSync(join(root, "test", "regoose"))).toBe(false);
    expect(readLog(root)).toBe(before);
    await expect.poll(() => listProcesses(root, child.pid ?? 0), { timeout: 5_000 }).toEqual([]);
  },
  120_000,
);
