import { spawnSync } from "node:child_process";
import { existsSync } from "node:fs";
import { mkdtemp, rm } from "node:fs/promises";
import { request } from "node:http";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { describe, expect, onTestFinished, test } from "vitest";
import { aProject, hasNamespace, runCli, toEnvelope } from "./support/cli.ts";
import { aServer } from "./support/server.ts";
import { listFolders, listProcesses } from "./support/watch-run.ts";

const SOURCE = {
  "index.js":
    "exports.clamp = (n, low, high) => {\n  if (n < low) return low;\n  return n > high ? high : n;\n};\n",
};
const TINY = { maxExecutions: 200, maxTime: "40s", reruns: 1 };
const LONG = { maxTime: "60s", seed: 2 };

async function aState(): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), "regoose-serve-"));
  onTestFinished(() => rm(folder, { recursive: true, force: true }));
  return folder;
}

describe.skipIf(!hasNamespace())("serve", () => {
  test("does runs, shows them live and keeps their results, for who has the token", async () => {
    await using one = await aProject(SOURCE);
    await using two = await aProject(SOURCE);
    const state = await aState();
    await using server = await aServer(state, "--concurrency", "2");
    const submit = (root: string): ReturnType<typeof server.ask> =>
      server.ask("POST", "/api/v1/runs", { project: root, flags: TINY }, root.slice(-6));
    const first = await submit(one.root);
    expect(first).toMatchObject({ status: 202, body: { id: "r000000001" } });
    expect((await submit(one.root)).body["id"]).toBe("r000000001");
    expect((await submit(two.root)).body["id"]).toBe("r000000002");

    const events = await server.follow("r000000001");
    const names = events.map(({ name }) => name);
    expect(names.at(-1)).toBe("run-end");
    expect(names).toContain("run-record");
    expect(events.map(({ id }) => id)).toEqual(
      events.map(({ id }) => id).toSorted((a, b) => a - b),
    );
    const rest = await server.follow("r000000001", String(events.at(-3)!.id));
    expect(rest).toEqual(events.slice(-2));

    const done = await server.reach("r000000001", "succeeded");
    expect(done["envelope"]).toMatchObject({ ok: true, data: { outcome: "succeeded" } });
    await server.reach("r000000002", "succeeded");
    expect(existsSync(join(one.root, "test", "regoose"))).toBe(true);
    const page = await server.ask("GET", "/api/v1/runs?limit=1");
    expect(page.body).toMatchObject({ runs: [{ id: "r000000002" }], nextCursor: "r000000002" });
    const next = await server.ask("GET", "/api/v1/runs?limit=1&cursor=r000000002");
    expect(next.body).toMatchObject({ runs: [{ id: "r000000001" }], nextCursor: null });
    const mine = await server.ask("GET", `/api/v1/runs?project=${encodeURIComponent(two.root)}`);
    expect(mine.body["runs"]).toHaveLength(1);

    const health = await runCli(["health", "--json", "--url", server.url, "--state", state], {
      cwd: state,
    });
    expect(toEnvelope<{ checks: object[] }>(health).data?.checks?.[0]).toMatchObject({
      name: "server",
      status: "ok",
    });
    expect(await server.stop("SIGTERM")).toBe(0);
    expect(existsSync(join(state, "address.json"))).toBe(false);
  }, 60_000);

  test("refuses who has no token, comes under another name, or asks for what is not there", async () => {
    await using server = await aServer(await aState());
    for (const path of ["/api/v1/runs", "/health", "/metrics", "/api/v1/runs/r000000001/events"]) {
      const response = await fetch(`${server.url}${path}`);
      expect([path, response.status]).toEqual([path, 401]);
    }
    for (const path of ["/livez", "/readyz", "/startupz"])
      expect((await fetch(`${server.url}${path}`)).status).toBe(200);
    expect(await askAs("evil.example", `${server.url}/livez`)).toBe(421);
    const wrong = { project: tmpdir(), targets: ["../x"], flags: { maxTime: "soon" } };
    const { status, body } = await server.ask("POST", "/api/v1/runs", wrong);
    expect(status).toBe(400);
    expect(body["errors"]).toMatchObject([
      { pointer: "/targets/0" },
      { pointer: "/flags/maxTime" },
    ]);
    const nowhere = await server.ask("POST", "/api/v1/runs", { project: "/nowhere" });
    expect(nowhere).toMatchObject({ status: 422, body: { code: "RGS-1001" } });
    expect((await server.ask("GET", "/api/v1/runs/r000000009")).status).toBe(404);
  }, 30_000);

  test("asked to stop with a run going on, it ends well, and the next server goes on with the run", async () => {
    await using project = await aProject(SOURCE);
    const state = await aState();
    // Bounded by work and not by time, so that a busy machine comes to the same end.
    const flags = { maxExecutions: 3_000, maxTime: "10m", seed: 2, reruns: 1 };
    await using server = await aServer(state, "--concurrency", "1");
    await server.ask("POST", "/api/v1/runs", { project: project.root, flags });
    await expect
      .poll(() => readLog(project.root), { timeout: 60_000 })
      .toContain('"name":"action-start","data":{"step":"propose"');
    const { runId } = await server.reach("r000000001", "running");
    const stopped = [server.pid, await server.runPid()];
    expect(await server.stop("SIGTERM")).toBe(0);
    expect(existsSync(join(state, "address.json"))).toBe(false);
    for (const pid of stopped) expect(listProcesses(project.root, pid)).toEqual([]);
    expect(readLog(project.root)).toContain('"outcome":"cancelled"');

    await using again = await aServer(state, "--concurrency", "1");
    const end = async (): Promise<unknown> =>
      (await again.ask("GET", "/api/v1/runs/r000000001")).body["endedAt"];
    await expect.poll(end, { timeout: 240_000, interval: 200 }).not.toBe(null);
    const { body } = await again.ask("GET", "/api/v1/runs/r000000001");
    expect(["succeeded", "degraded"]).toContain(body["status"]);
    expect(body["runId"]).toBe(runId);
    const log = readLog(project.root);
    expect(log.split('"name":"run-resume"')).toHaveLength(2);
    // What was done before is not done again.
    expect(log.split('"name":"action-start","data":{"step":"prepare"')).toHaveLength(2);
    expect(existsSync(join(project.root, "test", "regoose"))).toBe(true);
    expect(await again.stop("SIGTERM")).toBe(0);
    expect(listProcesses(project.root, again.pid)).toEqual([]);
  }, 400_000);

  test("cancels, holds off what is too much, and after a kill goes on where it was", async () => {
    await using one = await aProject(SOURCE);
    await using two = await aProject(SOURCE);
    await using three = await aProject(SOURCE);
    const state = await aState();
    const flags = ["--concurrency", "1", "--queue", "2"];
    await using server = await aServer(state, ...flags);
    const submit = (root: string, settings: object): ReturnType<typeof server.ask> =>
      server.ask("POST", "/api/v1/runs", { project: root, flags: settings });
    await submit(one.root, LONG);
    await submit(two.root, LONG);
    await submit(three.root, TINY);
    const refused = await submit(three.root, TINY);
    expect(refused).toMatchObject({ status: 429, body: { name: "QueueFull" } });
    expect(refused.headers.get("retry-after")).toBe("5");

    await expect.poll(() => readLog(one.root), { timeout: 20_000 }).toContain("action-start");
    await server.ask("POST", "/api/v1/runs/r000000001/cancel");
    await server.reach("r000000001", "cancelled");
    // The next one is killed in its middle, with the server.
    await server.reach("r000000002", "running");
    await expect.poll(() => readLog(two.root), { timeout: 20_000 }).toContain("action-start");
    const killed = [server.pid, await server.runPid()];
    await server.stop("SIGKILL");

    // The run itself may work on until the next server ends it.
    await using again = await aServer(state, ...flags);
    await expect
      .poll(() => readLog(two.root), { timeout: 20_000 })
      .toContain('"name":"run-resume"');
    const pids = [...killed, again.pid, await again.runPid()];
    await again.ask("POST", "/api/v1/runs/r000000002/cancel");
    await again.reach("r000000003", "succeeded");
    const { body } = await again.ask("GET", "/api/v1/runs/r000000001");
    expect(body["status"]).toBe("cancelled");
    expect(await again.stop("SIGINT")).toBe(0);
    for (const pid of pids) {
      for (const { root } of [one, two, three]) expect(listProcesses(root, pid)).toEqual([]);
      expect(listFolders(pid)).toEqual([]);
    }
  }, 90_000);
});

/** The log of the only run of a project. */
function readLog(root: string): string {
  const { stdout } = spawnSync("sh", ["-c", "cat .regoose/runs/*/events.ndjson"], {
    cwd: root,
    encoding: "utf8",
  });
  return stdout;
}

/** Status of the answer to a request with another Host header. */
function askAs(host: string, url: string): Promise<number | undefined> {
  return new Promise((resolve, reject) => {
    request(url, { headers: { host } }, (response) => {
      response.resume();
      resolve(response.statusCode);
    })
      .on("error", reject)
      .end();
  });
}
