import { spawnSync } from "node:child_process";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { Worker } from "node:worker_threads";
import { afterAll, describe, expect, test, vi } from "vitest";
import { isOwnerAlive, toProcessOwner } from "../../../../src/adapters/process-owner.ts";
import {
  startBoxedProcess,
  type ProcessPlan,
} from "../../../../src/adapters/sandbox/boxed-process.ts";
import { createSystemClock } from "../../../../src/kernel/clock.ts";

const clock = createSystemClock();
const folder = mkdtempSync(join(tmpdir(), "regoose-boxed-"));
afterAll(() => {
  rmSync(folder, { recursive: true, force: true });
});

const aPlan = (script: string, changed: Partial<ProcessPlan> = {}): ProcessPlan => ({
  file: "/bin/sh",
  args: ["-c", script],
  env: { PATH: "/usr/bin:/bin" },
  cwd: "/",
  descriptor3: null,
  outputBytes: 1_000,
  controlBytes: 10,
  ...changed,
});

describe("a boxed process", () => {
  test("hands back code, error output and what came over descriptor 4", async () => {
    const file = join(folder, "third");
    writeFileSync(file, "3");
    const started = startBoxedProcess(
      aPlan("echo err >&2; cat <&3 >&4; exit 7", { descriptor3: file }),
      clock,
    );
    let heard = "";
    started.onControl((chunk) => {
      heard += chunk.toString();
    });
    started.stdout.resume();
    const exit = await started.exit;
    expect(exit).toMatchObject({ code: 7, signal: null, killedFor: null, stderr: "err\n" });
    expect([exit.control.toString(), heard]).toEqual(["3", "3"]);
  });

  test("gets no variable of ours, not even the one that Node passes on to every child", async () => {
    vi.stubEnv("NODE_V8_COVERAGE", folder);
    try {
      const started = startBoxedProcess(aPlan("", { file: "/usr/bin/env", args: [] }), clock);
      let printed = "";
      started.stdout.on("data", (chunk: Buffer) => (printed += chunk.toString()));
      await started.exit;
      expect(printed).toBe("PATH=/usr/bin:/bin\n");
    } finally {
      vi.unstubAllEnvs();
    }
  });

  test("dies with its group where the process that started it ends in haste", async () => {
    const modules = join(import.meta.dirname, "../../../../src");
    const plan = aPlan("sleep 600 & echo $$ $!; wait");
    const code = `const { startBoxedProcess } = await import("${modules}/adapters/sandbox/boxed-process.ts");
      const { createSystemClock } = await import("${modules}/kernel/clock.ts");
      const box = startBoxedProcess(${JSON.stringify(plan)}, createSystemClock());
      box.stdout.once("data", (chunk) => { process.stdout.write(chunk); process.exit(3); });`;
    const args = ["--input-type=module", "-e", code];
    const { status, stdout } = spawnSync(process.execPath, args, { encoding: "utf8" });
    expect(status).toBe(3);
    const pids = stdout.trim().split(" ").map(Number);
    expect(pids).toHaveLength(2);
    const isRunning = (pid: number): boolean => isOwnerAlive(toProcessOwner(pid));
    await vi.waitUntil(() => !pids.some(isRunning), { timeout: 5_000 });
  });

  test("is killed with its group, for the first reason given", async () => {
    const started = startBoxedProcess(aPlan("sleep 100 & echo up; wait"), clock);
    await new Promise((resolve) => started.stdout.once("data", resolve));
    started.setTimer(60_000, "setup-timed-out");
    started.kill("cancelled");
    started.kill("killed");
    // Ends only because the child that holds its output open was killed too.
    expect(await started.exit).toMatchObject({ signal: "SIGKILL", killedFor: "cancelled" });
    started.kill("killed");
  });

  test("is killed by its timer, of which the last one counts", async () => {
    const started = startBoxedProcess(aPlan("sleep 100"), clock);
    started.stdout.resume();
    started.setTimer(100_000, "setup-timed-out");
    started.setTimer(1, "timed-out");
    expect((await started.exit).killedFor).toBe("timed-out");
  });

  test.each([
    ["error output", "head -c 5000 /dev/zero >&2; sleep 100"],
    ["talk on descriptor 4", "head -c 5000 /dev/zero >&4; sleep 100"],
  ])("is killed for too much %s", async (_name, script) => {
    const started = startBoxedProcess(aPlan(script), clock);
    started.stdout.resume();
    expect((await started.exit).killedFor).toBe("output-exceeded");
  });

  test("fails its set-up when the program, or a file for it, is missing", async () => {
    const missing = { code: "RGS-7002" };
    const started = startBoxedProcess(aPlan("", { file: "/nonexistent/tool" }), clock);
    started.setTimer(100_000, "timed-out");
    await expect(started.exit).rejects.toMatchObject(missing);
    started.kill("killed");
    expect(() => startBoxedProcess(aPlan("", { descriptor3: "/nonexistent" }), clock)).toThrow(
      expect.objectContaining(missing),
    );
  });

  test("is not started from a worker thread, whose end would kill it", async () => {
    const url = new URL("../../../../src/adapters/sandbox/boxed-process.ts", import.meta.url).href;
    const worker = new Worker(
      `import(${JSON.stringify(url)}).then((m) => { try { m.startBoxedProcess({}, {}); } catch (e) { require("worker_threads").parentPort.postMessage(e.message); } })`,
      { eval: true, execArgv: [] },
    );
    const message = await new Promise((resolve, reject) => {
      worker.once("message", resolve).once("error", reject);
    });
    expect(message).toMatch(/worker thread/u);
    await worker.terminate();
  });
});
