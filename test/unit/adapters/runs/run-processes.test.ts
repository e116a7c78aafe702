import { mkdir, mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { describe, expect, onTestFinished, test } from "vitest";
import { isOwnerAlive, toProcessOwner } from "../../../../src/adapters/process-owner.ts";
import { toChildEnvironment } from "../../../../src/config/environment.ts";
import { createRunProcesses } from "../../../../src/adapters/runs/run-processes.ts";
import { createRunLogFiles } from "../../../../src/adapters/store/run-log-files.ts";
import { createSystemClock } from "../../../../src/kernel/clock.ts";
import type { RunProcesses } from "../../../../src/ports/run-processes.ts";

const clock = createSystemClock();

async function aFolder(): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), "regoose-processes-"));
  onTestFinished(() => rm(folder, { recursive: true, force: true }));
  return folder;
}

/** Processes that run a script in place of the command. */
async function processesOf(script: string): Promise<RunProcesses> {
  const binPath = join(await aFolder(), "bin.mjs");
  await writeFile(binPath, script);
  return createRunProcesses({ clock }, { binPath, toEnvironment: toChildEnvironment });
}

describe("processes of runs", () => {
  test("say how they ended and what they printed", async () => {
    const processes = await processesOf(
      "console.log(process.argv[2]); console.error('why'); process.exitCode = 3;",
    );
    const child = await processes.start(["answer"], tmpdir());
    expect(await child.ended).toEqual({
      exitCode: 3,
      signal: null,
      stdout: "answer\n",
      stderrTail: "why\n",
    });
    child.kill();
  });

  test("keep no more than they may", async () => {
    const processes = await processesOf("process.stdout.write('x'.repeat(33 * 2 ** 20));");
    const child = await processes.start([], tmpdir());
    expect(await child.ended).toMatchObject({ exitCode: 0, stdout: null });
  });

  test("stop on an interrupt, and leave none of their group behind", async () => {
    const processes = await processesOf(`
      import { spawn } from "node:child_process";
      const child = spawn(process.execPath, ["-e", "process.on('SIGINT', () => {}); setInterval(() => {}, 9e5)"], { stdio: "inherit" });
      process.on("SIGINT", () => process.exit(130));
      console.log(child.pid);
      setInterval(() => {}, 9e5);
      console.error("ready");
    `);
    const child = await processes.start([], tmpdir());
    await new Promise((resolve) => setTimeout(resolve, 500));
    child.interrupt();
    const { exitCode, stdout } = await child.ended;
    expect(exitCode).toBe(130);
    const grandchild = Number(stdout);
    await expect.poll(() => isGone(grandchild), { timeout: 5_000 }).toBe(true);
  });

  test("of a server that is gone are ended by name, and none that has only the number", async () => {
    const processes = await processesOf("setInterval(() => {}, 9e5);");
    const child = await processes.start([], tmpdir());
    await processes.endOrphan(`${child.owner.split(":")[0] ?? ""}:1`);
    expect(isOwnerAlive(child.owner)).toBe(true);
    await processes.endOrphan(child.owner);
    expect(await child.ended).toMatchObject({ exitCode: null, signal: "SIGKILL" });
    await processes.endOrphan(child.owner);
  });

  test("are found in the logs of their project", async () => {
    const project = await aFolder();
    const runs = join(project, ".regoose", "runs");
    await mkdir(runs, { recursive: true });
    const log = createRunLogFiles({ clock }, runs);
    const runId = "20260101-000000-aaaaaa";
    const claim = await log.claim(runId);
    await log.append(runId, claim, [{ name: "run-start", data: {} }]);
    const processes = await processesOf("");
    const mine = await processes.readProgress(project, toProcessOwner(), null);
    expect(mine).toMatchObject({ runId, records: [{ name: "run-start" }] });
    expect(await processes.readProgress(project, "1:1", null)).toBeNull();
    expect(await processes.readProgress(project, "1:1", runId)).toMatchObject({ runId });
  });
});

function isGone(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return false;
  } catch {
    return true;
  }
}
