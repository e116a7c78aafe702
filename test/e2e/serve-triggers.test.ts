import { spawn } from "node:child_process";
import { mkdir, mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { describe, expect, onTestFinished, test } from "vitest";
import type { TriggerRecord } from "../../src/contract/triggers.ts";
import { aProject, BIN, hasNamespace, runCli, startCli, toEnvelope } from "./support/cli.ts";
import { scrape } from "./support/metrics.ts";
import { aUserConfig, toServer, type TestServer } from "./support/server.ts";
import { readLog } from "./support/watch-run.ts";

const FILES = {
  "index.js":
    "exports.clamp = (n, low, high) => {\n  if (n < low) return low;\n  return n > high ? high : n;\n};\n",
};
const TINY = { maxExecutions: 300, maxTime: "60s", reruns: 1, seed: 1 };
const MIB = 1024 * 1024;

async function aFolder(): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), "regoose-triggers-"));
  onTestFinished(() => rm(folder, { recursive: true, force: true }));
  return folder;
}

const readAudit = async (folder: string): Promise<readonly TriggerRecord[]> =>
  (await readFile(join(folder, "audit.ndjson"), "utf8"))
    .trim()
    .split("\n")
    .map((line) => JSON.parse(line) as TriggerRecord);

async function reachState(server: TestServer, state: string): Promise<void> {
  await expect
    .poll(async () => (await server.ask("GET", "/readyz")).body["status"], { timeout: 60_000 })
    .toBe(state);
}

describe.skipIf(!hasNamespace())("a server that helps itself", () => {
  test("takes up a run whose process stands still, where it was, and says what it did", async () => {
    await using project = await aProject(FILES);
    const state = await aFolder();
    const env = await aUserConfig(
      join(state, "config"),
      "server:\n  triggers:\n    run-silent: { above: 20, cooldown: 1s }\n",
    );
    const flags = ["--json", "--state", state];
    await using server = await toServer(startCli(["serve", ...flags], { cwd: state, env }));
    await server.ask("POST", "/api/v1/runs", { project: project.root, flags: TINY });
    // It shall have something to go on with.
    await expect
      .poll(() => readLog(project.root), { timeout: 120_000 })
      .toContain('"name":"action-end","data":{"step":"prepare"');
    const stopped = await server.runPid();
    process.kill(stopped, "SIGSTOP");
    const done = await server.reach("r000000001", "succeeded");
    expect(done["envelope"]).toMatchObject({ ok: true, data: { outcome: "succeeded" } });
    expect(() => process.kill(stopped, 0)).toThrow("ESRCH");
    expect(readLog(project.root)).toContain('"name":"run-resume"');

    const events = await server.follow("r000000001");
    expect(events.map(({ name }) => name)).toContain("run-end");
    const [line] = (await readAudit(state)).filter(({ rule }) => rule === "run-silent");
    expect(line).toMatchObject({
      metric: "regoose_run_silence_seconds",
      threshold: 20,
      action: "restart-run",
      outcome: "done",
      detail: expect.stringContaining("ended the processes of r000000001") as string,
    });
    const numbers = await scrape(server);
    expect(
      numbers.value('regoose_triggers_total{rule="run-silent",outcome="done"}'),
    ).toBeGreaterThan(0);
    expect(numbers.value("regoose_run_restarts_total")).toBeGreaterThan(0);
    expect(numbers.value('regoose_runs_total{outcome="succeeded"}')).toBe(1);
    const { body } = await server.ask("GET", "/health");
    expect(body["triggers"]).toMatchObject({
      audit: expect.arrayContaining([expect.objectContaining({ rule: "run-silent" })]) as unknown,
    });
    const health = await runCli(["health", "--json", "--url", server.url, "--state", state], {
      cwd: state,
    });
    const { data } = toEnvelope<{ checks: { name: string; detail: string }[] }>(health);
    const check = data?.checks?.find(({ name }) => name === "trigger run-silent");
    expect(check?.detail).toContain("ended the processes of r000000001");
    expect(await server.stop("SIGTERM")).toBe(0);
  }, 300_000);

  test("takes no work while its disk is short, and takes it up when there is room again", async () => {
    await using project = await aProject(FILES);
    const state = await aFolder();
    const mount = join(state, "disk");
    await mkdir(mount);
    const env = await aUserConfig(
      join(state, "config"),
      `server:\n  triggers:\n    disk-short: { below: ${String(32 * MIB)}, for: 1s, cooldown: 1s }\n`,
    );
    // A disk of its own: nobody else fills it or makes room on it.
    const box = ["--dev-bind", "/", "/", "--size", String(64 * MIB), "--tmpfs", mount];
    const command = [process.execPath, BIN, "serve", "--json", "--state", join(mount, "state")];
    const child = spawn("bwrap", [...box, "--die-with-parent", "--", ...command], {
      cwd: state,
      env: { ...process.env, NO_COLOR: "1", ...env },
      stdio: ["pipe", "pipe", "pipe"],
    });
    await using server = await toServer(child);
    const inside = join(`/proc/${String(server.pid)}/root`, mount);
    await reachState(server, "taking");
    await writeFile(join(inside, "filler"), Buffer.alloc(40 * MIB));
    await reachState(server, "held");
    const refused = await server.ask("POST", "/api/v1/runs", { project: project.root });
    expect(refused).toMatchObject({ status: 503, body: { name: "NotTaking" } });
    expect(refused.body["detail"]).toContain("disk-short");
    expect(refused.headers.get("retry-after")).toBe("5");
    expect((await server.ask("GET", "/health")).status).toBe(503);
    const held = await scrape(server);
    expect(held.value('regoose_server_state{state="held"}')).toBe(1);

    await rm(join(inside, "filler"));
    await reachState(server, "taking");
    await server.ask("POST", "/api/v1/runs", { project: project.root, flags: TINY });
    await server.reach("r000000001", "succeeded");
    const outcomes = (await readAudit(join(inside, "state")))
      .filter(({ rule }) => rule === "disk-short")
      .map(({ outcome }) => outcome);
    expect(outcomes).toEqual(["done", "released"]);
    process.kill(server.pid, "SIGTERM");
    await expect.poll(() => child.exitCode, { timeout: 60_000 }).toBe(0);
  }, 180_000);

  test("does not start with rules that cannot be meant", async () => {
    const state = await aFolder();
    const text = "server:\n  triggers:\n    mine: { metric: regoose_queue_runs, action: report }\n";
    const env = await aUserConfig(join(state, "config"), text);
    const result = await runCli(["serve", "--json", "--state", state], { cwd: state, env });
    expect(result.code).toBe(2);
    expect(toEnvelope(result).error).toMatchObject({
      code: "RGS-2001",
      message: expect.stringContaining("a rule of your own has above or below") as string,
    });
  });
});
