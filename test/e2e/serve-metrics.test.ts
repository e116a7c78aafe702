import { spawnSync } from "node:child_process";
import { cp, mkdtemp, readFile, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { describe, expect, onTestFinished, test } from "vitest";
import type { GenerateData } from "../../src/contract/envelope.ts";
import { toRunIds } from "../../src/telemetry/ids.ts";
import { hasNamespace } from "./support/cli.ts";
import { hasPromtool, scrape, toScrape } from "./support/metrics.ts";
import { aServer } from "./support/server.ts";

const EXAMPLE = join(import.meta.dirname, "..", "..", "examples", "money");
const TARGETS = ["src/text.ts"];
const TINY = { maxExecutions: 300, maxTime: "60s", reruns: 1, seed: 1 };
const LONG = { maxTime: "60s", seed: 1 };

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
    process.kill(await server.runPid(), "SIGKILL");
    await server.reach("r000000002", "failed");
    const last = await scrape(server);
    expect(last.value('regoose_runs_total{outcome="failed"}')).toBe(1);
    expect(last.sum("regoose_tests_admitted_total")).toBe(suite.tests);
    expect(last.value('regoose_http_requests_total{route="/api/v1/runs",status="2xx"}')).toBe(2);
    expect(await server.stop("SIGTERM")).toBe(0);
  }, 180_000);

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
