import { spawn, spawnSync } from "node:child_process";
import { cp, mkdir, mkdtemp, readFile, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { describe, expect, onTestFinished, test } from "vitest";
import type { GenerateData } from "../../src/contract/envelope.ts";
import { toRunIds } from "../../src/telemetry/ids.ts";
import { aProject, BIN, hasNamespace } from "./support/cli.ts";
import { hasPromtool, scrape, toScrape } from "./support/metrics.ts";
import { aServer, aUserConfig, toServer } from "./support/server.ts";

const EXAMPLE = join(import.meta.dirname, "..", "..", "examples", "money");
const TARGETS = ["src/text.ts"];
const TINY = { maxExecutions: 300, maxTime: "10m", reruns: 1, seed: 1 };
const LONG = { maxTime: "10m", seed: 1 };

function findBubblewrap(): string {
  return spawnSync("sh", ["-c", "command -v bwrap"], { encoding: "utf8" }).stdout.trim();
}

async function aFolder(): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), "regoose-numbers-"));
  onTestFinished(() => rm(folder, { recursive: true, force: true }));
  return folder;
}

describe.skipIf(!hasNamespace())("the numbers of a server", () => {
  test("hold what its runs did, and what became of runs that were killed", async () => {
    const project = await aFolder();
    await cp(EXAMPLE, project, { recursive: true });
    await using server = await aServer(await aFolder(), "--concurrency", "1");
    const before = await scrape(server);
    expect(before.sum("regoose_runs_total")).toBe(0);
    expect(before.value('regoose_server_state{state="taking"}')).toBe(1);

    await server.ask("POST", "/api/v1/runs", { project, targets: TARGETS, flags: TINY });
    const { envelope, runId } = await server.reach("r000000001", "succeeded");
    const { suite } = (envelope as { data: GenerateData }).data;
    const after = await scrape(server);
    expect(after.contentType).toContain("application/openmetrics-text; version=1.0.0");
    expect(after.value('regoose_runs_total{outcome="succeeded"}')).toBe(1);
    expect(after.value("regoose_tests_admitted_total")).toBe(suite.tests);
    expect(after.value('regoose_sandboxes_total{backend="bubblewrap",event="created"}')).toBe(
      after.value('regoose_sandboxes_total{backend="bubblewrap",event="disposed"}'),
    );
    expect(
      after.value('regoose_actions_total{action="admit-tests",outcome="succeeded",class="none"}'),
    ).toBe(1);
    expect(after.value('regoose_breaker_state{call="sandbox",state="closed"}')).toBe(1);
    expect(after.value("regoose_queue_runs")).toBe(0);
    expect(after.value("regoose_busy_ratio")).toBeGreaterThan(0);
    expect(after.value('regoose_process_memory_bytes{kind="rss"}')).toBeGreaterThan(1e6);
    expect(after.value('regoose_eventloop_lag_seconds{kind="max"}')).toBeGreaterThan(0);
    expect(after.text).toContain("# TYPE regoose_model_tokens counter");
    // Two clicks from a number to the waterfall of the run.
    const { traceId, rootId } = toRunIds(String(runId));
    expect(after.text).toMatch(
      new RegExp(
        `^regoose_run_duration_seconds_bucket.*trace_id="${traceId}",span_id="${rootId}"`,
        "mu",
      ),
    );
    expect(after.text).toMatch(
      new RegExp(`^regoose_action_duration_seconds_bucket.*trace_id="${traceId}"`, "mu"),
    );
    const file = join(project, ".regoose", "runs", String(runId), "metrics.prom");
    const own = toScrape(await readFile(file, "utf8"));
    for (const name of [
      "regoose_search_executions_total",
      "regoose_tests_rejected_total",
      "regoose_sandbox_processes_total",
      "regoose_sandbox_process_duration_seconds_sum",
      "regoose_test_run_duration_seconds_count",
    ])
      expect([name, after.sum(name)]).toEqual([name, own.sum(name)]);

    await server.ask("POST", "/api/v1/runs", { project, flags: LONG });
    const pid = await server.runPid();
    expect((await scrape(server)).value("regoose_runs_active")).toBe(1);
    process.kill(pid, "SIGKILL");
    await server.reach("r000000002", "failed");
    const last = await scrape(server);
    expect(last.value('regoose_runs_total{outcome="failed"}')).toBe(1);
    // What burn rates of the alerts are made of.
    expect(last.value('regoose_run_failures_total{class="transient"}')).toBe(1);
    expect(last.sum("regoose_run_failures_total")).toBe(1);
    expect(last.value("regoose_runs_active")).toBe(0);
    expect(last.sum("regoose_tests_admitted_total")).toBe(suite.tests);
    const took = 'regoose_http_request_duration_seconds_count{route="/api/v1/runs"}';
    expect(last.value(took)).toBe(2);
    expect(last.sum("regoose_http_request_duration_seconds_sum")).toBeGreaterThan(0);
    expect(last.value('regoose_http_requests_total{route="/api/v1/runs",status="2xx"}')).toBe(2);
    expect(await server.stop("SIGTERM")).toBe(0);
  }, 400_000);

  test("tell failures by who has to act, and what is to be done about the machine and the configuration", async () => {
    await using sound = await aProject({ "index.js": "exports.double = (n) => n * 2;\n" });
    await using broken = await aProject({ "index.js": "exports.double = (n => n * 2;\n" });
    const folder = await aFolder();
    const temp = join(folder, "temp");
    // Of a process that is not there any more.
    await mkdir(join(temp, "regoose-stage-4194303-1-left"), { recursive: true });
    const home = join(folder, "config");
    const env = await aUserConfig(home, "server: { port: 0 }\n");
    // A machine that has lost its bubblewrap.
    const box = ["--dev-bind", "/", "/", "--ro-bind", "/dev/null", findBubblewrap()];
    const command = [process.execPath, BIN, "serve", "--json", "--state", join(folder, "state")];
    const child = spawn("bwrap", [...box, "--die-with-parent", "--", ...command], {
      cwd: folder,
      env: { ...process.env, ...env, NO_COLOR: "1", TMPDIR: temp },
      stdio: ["pipe", "pipe", "pipe"],
    });
    await using server = await toServer(child);
    await aUserConfig(home, "server: { port: 4242 }\n");
    const flags = { ...TINY, sandbox: "namespace" };
    await server.ask("POST", "/api/v1/runs", { project: sound.root, flags });
    const lost = await server.reach("r000000001", "failed");
    expect(lost["error"]).toMatchObject({ code: "RGS-7001" });
    const first = await scrape(server);
    expect(first.value('regoose_run_failures_total{class="permanent"}')).toBe(1);
    expect(first.value("regoose_machine_failures_runs")).toBe(1);
    expect(first.value("regoose_orphans_active")).toBe(1);

    await server.ask("POST", "/api/v1/runs", { project: broken.root, flags });
    const wrong = await server.reach("r000000002", "failed");
    expect(wrong["error"]).toMatchObject({ code: "RGS-1003" });
    const second = await scrape(server);
    expect(second.value('regoose_run_failures_total{class="user"}')).toBe(1);
    expect(second.sum("regoose_run_failures_total")).toBe(2);
    // Another kind of failure says that the machine does runs.
    expect(second.value("regoose_machine_failures_runs")).toBe(0);
    await expect
      .poll(async () => (await scrape(server)).value("regoose_config_pending_keys"), {
        timeout: 60_000,
      })
      .toBe(1);
  }, 240_000);

  test.skipIf(!hasPromtool())(
    "are told in the older text as well, which promtool finds nothing wrong with",
    async () => {
      await using server = await aServer(await aFolder());
      const { contentType, text } = await scrape(server, "text/plain");
      expect(contentType).toContain("text/plain; version=0.0.4");
      expect(text).not.toContain("# EOF");
      const checked = spawnSync("promtool", ["check", "metrics"], {
        input: text,
        encoding: "utf8",
      });
      expect([checked.status, checked.stdout + checked.stderr]).toEqual([0, ""]);
    },
    60_000,
  );
});
