import { readdirSync, readFileSync } from "node:fs";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { describe, expect, onTestFinished, test } from "vitest";
import { aProject, hasNamespace, runCli, startCli, toEnvelope, waitFor } from "./support/cli.ts";
import { aServerIn, aUserConfig } from "./support/server.ts";
import { reach } from "./support/watch-run.ts";

const SOURCE = {
  "index.js":
    "exports.clamp = (n, low, high) => {\n  if (n < low) return low;\n  return n > high ? high : n;\n};\n",
};
const CHANGED = "the levels of the log are other ones now";

interface Line {
  readonly level: string;
  readonly component: string;
  readonly msg: string;
}

/** Lines of a log; none while there is no file. */
function readLines(path: string): readonly Line[] {
  try {
    const lines = readFileSync(path, "utf8").split("\n").filter(Boolean);
    return lines.map((line) => JSON.parse(line) as Line);
  } catch {
    return [];
  }
}

/** Of the only run of a project. */
function readRunLog(root: string): readonly Line[] {
  const runs = join(root, ".regoose", "runs");
  return readLines(join(runs, readdirSync(runs)[0] ?? "", "log.ndjson"));
}

const until = (work: () => unknown): ReturnType<typeof expect.poll> =>
  expect.poll(work, { timeout: 60_000, interval: 100 });

describe.skipIf(!hasNamespace())("levels of a log, changed while something goes on", () => {
  test("of a server and of a run that it does, by its configuration", async () => {
    await using project = await aProject(SOURCE);
    const state = await mkdtemp(join(tmpdir(), "regoose-levels-"));
    onTestFinished(() => rm(state, { recursive: true, force: true }));
    const home = join(state, "home");
    const env = await aUserConfig(home, "server: { log: warn, runLog: silent }\n");
    await using server = await aServerIn(env, state);
    const own = (): readonly Line[] => readLines(join(state, "server.log.ndjson"));
    const submitted = { project: project.root, flags: { maxTime: "5m", seed: 2 } };
    await server.ask("POST", "/api/v1/runs", submitted);
    await server.reach("r000000001", "running");
    await reach(project.root, "start propose");
    expect(readRunLog(project.root)).toEqual([]);
    expect(own()).toEqual([]);

    await aUserConfig(home, "server: { log: 'warn,server=debug', runLog: info }\n");
    await until(() => readRunLog(project.root)[0]?.msg).toBe(CHANGED);
    await server.ask("POST", "/api/v1/runs/r000000001/cancel");
    await until(async () => {
      const { body } = await server.ask("GET", "/api/v1/runs/r000000001");
      return body["endedAt"];
    }).not.toBe(null);
    const components = readRunLog(project.root).map(({ component }) => component);
    expect(components).toContain("run");
    await until(() => own().map(({ level }) => level)).toContain("debug");
    expect(own().every(({ component }) => component === "server")).toBe(true);

    // Nonsense is refused as a whole, and said.
    await aUserConfig(home, "server: { log: info, runLog: loud }\n");
    await until(() => server.stderr()).toContain('server.runLog: "loud" is not understood');
    expect(await server.stop("SIGTERM")).toBe(0);
  }, 240_000);

  test("of a run that was started by hand, by a command beside it", async () => {
    await using project = await aProject(SOURCE);
    const child = startCli(["generate", "--json", "--max-time", "5m"], {
      cwd: project.root,
      env: { REGOOSE_LOG: "silent" },
    });
    const ended = waitFor(child);
    await reach(project.root, "start propose");
    expect(readRunLog(project.root)).toEqual([]);
    const set = (levels: string): ReturnType<typeof runCli> =>
      runCli(["runs", "log-level", "latest", levels, "--json"], { cwd: project.root });
    const wrong = await set("gate=loud");
    expect([wrong.code, toEnvelope(wrong).error?.code]).toEqual([2, "RGS-2010"]);
    const done = await set("silent,telemetry=info,run=error");
    expect(toEnvelope<object>(done).data).toMatchObject({ isRunning: true });
    await until(() => readRunLog(project.root)[0]?.msg).toBe(CHANGED);
    await set("info");
    await until(() => readRunLog(project.root)).toHaveLength(2);
    child.kill("SIGINT");
    expect((await ended).code).toBe(130);
    // What ends is told by those who may speak again.
    expect(readRunLog(project.root).map(({ component }) => component)).toContain("engine");
    const late = await set("debug");
    expect(toEnvelope<object>(late).data).toMatchObject({ isRunning: false });
  }, 180_000);
});
