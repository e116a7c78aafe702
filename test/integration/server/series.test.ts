import { mkdir, mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect, onTestFinished, test } from "vitest";
import { openServerMetrics } from "../../../src/app/serve/server-metrics.ts";
import { METRICS, type MetricOf } from "../../../src/contract/metrics.ts";
import type { MetricDefinition } from "../../../src/contract/metrics/definition.ts";
import { createRandom, type Random } from "../../../src/kernel/random.ts";
import { createSystemClock } from "../../../src/kernel/clock.ts";
import { createBusyMeter } from "../../../src/server/busy-meter.ts";
import { observeJobs } from "../../../src/server/job-observer.ts";
import { createRunsBreaker } from "../../../src/server/triggers/runs-breaker.ts";
import { createMetrics } from "../../../src/telemetry/metrics/registry.ts";
import { aJob } from "../../unit/server/fakes.ts";

const RUNS = 10_000;
/** Different results; each is told of many times. */
const TEXTS = 100;

const toRunId = (index: number): string => `20260101-000000-${index.toString(16).padStart(6, "0")}`;

/** What one run wrote: most of what there is to measure, and labels that no run has. */
async function aResult(random: Random, index: number): Promise<string> {
  const metrics = createMetrics();
  const span = {
    traceId: toRunId(index).replace(/\W/gu, "0").padEnd(32, "0"),
    spanId: "1".repeat(16),
  };
  for (const [name, definition] of Object.entries(METRICS) as [string, MetricDefinition][]) {
    if (random.chance(0.5)) continue;
    const labels = Object.fromEntries(
      Object.entries(definition.labels).map(([key, values]) => [
        key,
        random.chance(0.9) ? random.pick(values) : `strange-${index}`,
      ]),
    );
    if (definition.kind === "counter") metrics.count(name as MetricOf<"counter">, labels, 1);
    else if (definition.kind === "gauge") metrics.set(name as MetricOf<"gauge">, labels, 1);
    else metrics.observe(name as MetricOf<"histogram">, labels, random.int(1_000), span);
  }
  const hostile = `regoose_tests_rejected_total{reason="new-${index}"} 1\nmy_own_total{n="${index}"} 1\n`;
  return (await metrics.print()).replace("# EOF", `${hostile}# EOF`);
}

test("a server shows no more than 3,000 series after 10,000 runs, and counts every one", async () => {
  const project = await mkdtemp(join(tmpdir(), "regoose-series-"));
  onTestFinished(() => rm(project, { recursive: true, force: true }));
  const random = createRandom(1);
  for (let index = 0; index < TEXTS; index += 1) {
    const folder = join(project, ".regoose", "runs", toRunId(index));
    await mkdir(folder, { recursive: true });
    await writeFile(join(folder, "metrics.prom"), await aResult(random, index));
  }
  const clock = createSystemClock();
  using metrics = await openServerMetrics(clock);
  const observer = observeJobs({
    metrics,
    meter: createBusyMeter(clock),
    breaker: createRunsBreaker(),
  });
  const statuses = ["succeeded", "degraded", "failed", "cancelled"] as const;
  for (let index = 0; index < RUNS; index += 1) {
    const runId = toRunId(index % TEXTS);
    const job = aJob(index, { status: random.pick(statuses), runId });
    observer.begin(job.id);
    await observer.measure(project, runId);
    const times = { startedAt: "2026-01-01T00:00:00Z", endedAt: "2026-01-01T00:00:10Z" };
    observer.ended({ ...job, ...times });
    observer.end(job.id);
    metrics.count("regoose_http_requests_total", { route: `/r/${index}`, status: "2xx" });
  }
  const { text } = await metrics.print("application/openmetrics-text");
  const samples = text.split("\n").filter((line) => line !== "" && !line.startsWith("#"));
  process.stdout.write(`${samples.length} series, ${text.length} characters\n`);
  expect(samples.length).toBeLessThanOrEqual(3_000);
  expect(text).not.toMatch(/strange|new-\d|my_own|\/r\/\d/u);
  const ended = samples
    .filter((line) => line.startsWith("regoose_runs_total{"))
    .map((line) => Number(line.split(" ").at(-1)));
  expect(ended.reduce((sum, count) => sum + count, 0)).toBe(RUNS);
});
