import { readFile, readdir } from "node:fs/promises";
import { join } from "node:path";
import { gunzipSync } from "node:zlib";
import { beforeAll, describe, expect, test, afterAll } from "vitest";
import type { SpanNode } from "../../src/contract/trace.ts";
import {
  aProject,
  hasNamespace,
  runCli,
  toEnvelope,
  type CliResult,
  type Scratch,
} from "./support/cli.ts";

const CANARY = "canary-7f3a9c51d2e84b60";
/** Looks for the canary as a package may that reads its settings from the environment. */
const SOURCE = `
exports.clamp = (n, low, high) => {
  if (n < low) return low;
  if (n > high) return high;
  return n;
};
exports.secret = () => process.env.DEPLOY_TOKEN + "/" + process.env.PLAIN_SETTING;
exports.all = () => JSON.stringify(process.env);
`;
const ENVIRONMENT = {
  DEPLOY_TOKEN: CANARY,
  PLAIN_SETTING: `${CANARY}-plain`,
  REGOOSE_LOG: "debug",
  REGOOSE_LOG_TO: "stderr",
};
const GENERATE = [
  "generate",
  "--json",
  "--max-executions",
  "300",
  "--seed",
  "1",
  "--baseline",
  "none",
];

const inflate = (content: Buffer): string => gunzipSync(content).toString();

let project: Scratch;
let result: CliResult;
let runFolder = "";

/** Preloaded into the command: names every module of the telemetry packages that is loaded. */
const WATCH_LOADS = `data:text/javascript,${encodeURIComponent(`
import { registerHooks } from "node:module";
registerHooks({
  load(url, context, next) {
    if (/node_modules[/](?:pino|prom-client|@opentelemetry)[/]/.test(url)) process._rawDebug("LOADED " + url);
    return next(url, context);
  },
});`)}`;

describe("commands that run nothing", () => {
  test.each([
    ["--version"],
    ["--help"],
    ["runs", "list"],
    ["runs", "show", "--trace"],
    ["runs", "replay"],
    ["report"],
    ["verify"],
  ])("load none of the telemetry packages: %s %s %s", async (...args) => {
    await using empty = await aProject({ "index.js": SOURCE });
    const loaded = await runCli(args, {
      cwd: empty.root,
      env: { NODE_OPTIONS: `--import=${WATCH_LOADS}` },
    });
    expect(loaded.stderr).not.toContain("LOADED");
  });
});

describe.skipIf(!hasNamespace())("telemetry of a run", () => {
  beforeAll(async () => {
    project = await aProject({ "index.js": SOURCE });
    result = await runCli(GENERATE, { cwd: project.root, env: ENVIRONMENT });
    const runs = join(project.root, ".regoose", "runs");
    runFolder = join(runs, (await readdir(runs))[0] ?? "");
  });
  afterAll(() => project[Symbol.asyncDispose]());

  test("leaks nothing of the environment into logs, traces, reports, checkpoints or tests", async () => {
    expect(result.code).toBe(0);
    const files = await readdir(project.root, { recursive: true, withFileTypes: true });
    const names: string[] = [];
    for (const file of files) {
      if (!file.isFile()) continue;
      const content = await readFile(join(file.parentPath, file.name));
      const text = file.parentPath.endsWith("artifacts") ? inflate(content) : content.toString();
      names.push(file.name);
      expect(text.includes(CANARY), join(file.parentPath, file.name)).toBe(false);
    }
    expect(names).toEqual(
      expect.arrayContaining(["log.ndjson", "trace.ndjson", "metrics.prom", "report-input.json"]),
    );
    expect(result.stdout + result.stderr).not.toContain(CANARY);
    for (const format of ["html", "md", "json"]) {
      const report = await runCli(["report", "--format", format], { cwd: project.root });
      expect(report.stdout).not.toContain(CANARY);
    }
  });

  test("writes log lines to the run and, as asked, to stderr; stdout holds the envelope alone", async () => {
    expect(toEnvelope(result).ok).toBe(true);
    const log = await readFile(join(runFolder, "log.ndjson"), "utf8");
    expect(result.stderr).toContain(log.split("\n")[0]);
    const { runId } = toEnvelope(result).data ?? {};
    for (const line of log.trim().split("\n")) {
      expect(JSON.parse(line)).toMatchObject({
        run_id: runId,
        agent_id: "local",
        trace_id: expect.stringMatching(/^[0-9a-f]{32}$/u) as string,
        span_id: expect.stringMatching(/^[0-9a-f]{16}$/u) as string,
      });
    }
  });

  test("draws the waterfall without any collector", async () => {
    const drawn = await runCli(["runs", "show", "latest", "--trace"], { cwd: project.root });
    expect(drawn).toMatchObject({ code: 0, stderr: "" });
    for (const name of ["action prepare-project", "search.job · coverage", "gate.prove", "pid "])
      expect(drawn.stdout).toContain(name);
    expect(drawn.stdout).not.toContain("\u001b");
    const tree = await runCli(["runs", "show", "--trace", "--json"], { cwd: project.root });
    const { data } = toEnvelope<{ readonly trace: SpanNode; readonly problems: string[] }>(tree);
    expect(data?.problems ?? null).toEqual([]);
    expect(data?.trace?.name).toBe("run");
  });

  test("counts what the run did", async () => {
    const metrics = await readFile(join(runFolder, "metrics.prom"), "utf8");
    const { suite } = toEnvelope(result).data ?? {};
    expect(metrics).toMatch(/^regoose_runs_total\{outcome="(?:succeeded|degraded)"\} 1$/mu);
    expect(metrics).toMatch(
      new RegExp(`^regoose_tests_admitted_total ${suite?.tests ?? -1}$`, "mu"),
    );
    expect(metrics).toMatch(/^regoose_sandboxes_active 0$/mu);
    expect(metrics).toMatch(/^regoose_search_executions_total [1-9]/mu);
    expect(metrics).toMatch(/^regoose_telemetry_dropped_total\{signal="otlp"\} 0$/mu);
  });

  test("makes no difference to the suite, and leaves nothing when it is off", async () => {
    await using other = await aProject({ "index.js": SOURCE });
    const env = { REGOOSE_TELEMETRY: "off" };
    await runCli(GENERATE, { cwd: other.root, env });
    const suite = (root: string): Promise<string> =>
      readFile(join(root, "test", "regoose", "regoose.proof.json"), "utf8");
    expect(await suite(other.root)).toBe(await suite(project.root));
    const [run = ""] = await readdir(join(other.root, ".regoose", "runs"));
    const kept = await readdir(join(other.root, ".regoose", "runs", run));
    expect(kept.filter((name) => /log|trace|metrics/u.test(name))).toEqual([]);
    const shown = await runCli(["runs", "show", "--trace"], { cwd: other.root });
    expect(shown.code).toBe(2);
    expect(shown.stderr).toContain("RGS-1024");
  });
});
