import { spawnSync } from "node:child_process";
import { mkdir, mkdtemp, rename, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { describe, expect, onTestFinished, test } from "vitest";
import type { DoctorCheck } from "../../src/app/check.ts";
import { aProject, hasNamespace } from "./support/cli.ts";
import { aServerIn, type TestServer, type Answer } from "./support/server.ts";

const SOURCE = {
  "index.js":
    "exports.clamp = (n, low, high) => {\n  if (n < low) return low;\n  return n > high ? high : n;\n};\n",
};
const TINY = { maxExecutions: 200, maxTime: "120s" };
const LONG = { maxTime: "10m", seed: 2 };

/** A home whose configuration the test changes as an editor does. */
async function aHome(): Promise<{
  readonly env: Readonly<Record<string, string>>;
  readonly state: string;
  readonly write: (text: string) => Promise<void>;
}> {
  const home = await mkdtemp(join(tmpdir(), "regoose-home-"));
  onTestFinished(() => rm(home, { recursive: true, force: true }));
  const folder = join(home, ".config", "regoose");
  const state = join(home, "state");
  await mkdir(folder, { recursive: true });
  await mkdir(state);
  return {
    env: { HOME: home, XDG_CONFIG_HOME: "" },
    state,
    async write(text) {
      await writeFile(join(folder, "new"), text);
      await rename(join(folder, "new"), join(folder, "config.yaml"));
    },
  };
}

const until = (work: () => unknown): ReturnType<typeof expect.poll> =>
  expect.poll(work, { timeout: 120_000, interval: 100 });

/** However it ends: one that was to be cancelled may have come to its end by itself on a fast machine. */
async function reachEnd(server: TestServer, id: string): Promise<void> {
  await until(async () => (await server.ask("GET", `/api/v1/runs/${id}`)).body["endedAt"]).not.toBe(
    null,
  );
}

async function configCheck(server: TestServer): Promise<DoctorCheck | undefined> {
  const { body } = await server.ask("GET", "/health");
  return (body["checks"] as DoctorCheck[]).find(({ name }) => name === "configuration");
}

/** How often each test is to be run again, as the log of the project's only run has it. */
function readReruns(root: string): number | undefined {
  const script = "head -qn 1 .regoose/runs/*/events.ndjson";
  const { stdout } = spawnSync("sh", ["-c", script], { cwd: root, encoding: "utf8" });
  return Number(/"reruns":(?<reruns>\d+)/u.exec(stdout)?.groups?.["reruns"]);
}

describe.skipIf(!hasNamespace())("serve and a configuration that changes", () => {
  test("applies it live, keeps the last good one while it is broken, and heals", async () => {
    await using one = await aProject(SOURCE);
    await using two = await aProject(SOURCE);
    await using three = await aProject(SOURCE);
    const { env, state, write } = await aHome();
    await write("server: { concurrency: 1, queue: 1 }\nreruns: 1\n");
    await using server = await aServerIn(env, state);
    const submit = (root: string, flags: object): Promise<Answer> =>
      server.ask("POST", "/api/v1/runs", { project: root, flags });

    await submit(one.root, LONG);
    await submit(two.root, LONG);
    expect(await submit(three.root, TINY)).toMatchObject({ status: 429 });
    await server.reach("r000000001", "running");
    const { body: waiting } = await server.ask("GET", "/api/v1/runs/r000000002");
    expect(waiting["status"]).toBe("queued");

    // Live: the second one begins beside the first, and a third may wait.
    await write("server: { concurrency: 2, queue: 5, port: 4242 }\nreruns: 2\n");
    await server.reach("r000000002", "running");
    expect(await submit(three.root, TINY)).toMatchObject({ status: 202 });
    const { body: view } = await server.ask("GET", "/api/v1/config");
    expect(view).toMatchObject({
      version: 2,
      pendingRestart: [{ key: "server.port", before: 0, after: 4242 }],
      refusals: [],
    });
    expect(server.url).not.toContain("4242");

    // Broken: nothing stops, and what begins goes by the last good one.
    await write("server: { concurrency: two }\nreruns: 3\n");
    await until(async () => (await configCheck(server))?.status).toBe("warning");
    expect(await configCheck(server)).toMatchObject({
      detail: expect.stringMatching(/config\.yaml:1:24: server\.concurrency/u) as string,
      fix: expect.stringContaining("correct the file") as string,
    });
    expect((await server.ask("GET", "/health")).status).toBe(200);
    expect(await server.read("/metrics")).toMatch(/^regoose_config_refused_files 1$/mu);
    expect(server.stderr()).toContain("the last good one counts");
    await server.ask("POST", "/api/v1/runs/r000000001/cancel");
    await reachEnd(server, "r000000001");
    await server.reach("r000000003", "succeeded");

    // Repaired: it counts for what begins from now on.
    await write("server: { concurrency: 2, queue: 5 }\nreruns: 4\n");
    await until(async () => (await configCheck(server))?.status).toBe("ok");
    await rm(join(three.root, ".regoose"), { recursive: true });
    const { body: last } = await submit(three.root, TINY);
    expect(readReruns(two.root)).toBe(2);
    await until(() => readReruns(three.root)).toBe(4);
    await server.reach(String(last["id"]), "succeeded");

    const numbers = await server.read("/metrics");
    // Twice for the server, and as often for each project that follows the same file.
    expect(numbers).toMatch(/^regoose_config_reloads_total\{outcome="applied"\} [2-8]$/mu);
    expect(numbers).toMatch(/^regoose_config_reloads_total\{outcome="refused"\} 1$/mu);
    await server.ask("POST", "/api/v1/runs/r000000002/cancel");
    await reachEnd(server, "r000000002");
    const stream = server.read("/api/v1/config/events");
    expect(await server.stop("SIGTERM")).toBe(0);
    const names = [...(await stream).matchAll(/^event: (?<name>.+)$/gmu)];
    const told = names.map(({ groups }) => groups?.["name"]);
    // Projects that follow the same file tell of it, too.
    expect(told.filter((name) => name === "config-refused")).toHaveLength(1);
    expect([told[0], told.at(-1)]).toEqual(["config-applied", "config-applied"]);
  }, 600_000);

  test("a project's file that breaks fails no run of it, and says so", async () => {
    await using project = await aProject({ ...SOURCE, "regoose.config.yaml": "reruns: 1\n" });
    const { env, state } = await aHome();
    await using server = await aServerIn(env, state, "--concurrency", "1", "--quiet");
    const submit = (): Promise<Answer> =>
      server.ask("POST", "/api/v1/runs", { project: project.root, flags: TINY });
    await submit();
    await server.reach("r000000001", "succeeded");
    await writeFile(join(project.root, "regoose.config.yaml"), "reruns: [1\n");
    await until(async () => {
      const { body } = await server.ask("GET", "/api/v1/config");
      return body["refusals"];
    }).toMatchObject([{ project: expect.stringContaining("regoose-e2e-") as string }]);
    await submit();
    await server.reach("r000000002", "succeeded");
    expect(server.stderr()).toBe("");
  }, 300_000);
});
