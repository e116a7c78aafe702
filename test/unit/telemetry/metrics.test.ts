import { describe, expect, test } from "vitest";
import { createBubblewrapBackend } from "../../../src/adapters/sandbox/bubblewrap/bubblewrap-backend.ts";
import { createGuardedBackend } from "../../../src/adapters/sandbox/guarded/guarded-backend.ts";
import { LANGUAGE_RUNNERS } from "../../../src/contract/language.ts";
import { METRICS, type MetricOf } from "../../../src/contract/metrics.ts";
import type { MetricDefinition } from "../../../src/contract/metrics/definition.ts";
import { RUNNERS } from "../../../src/contract/project.ts";
import { createSystemClock } from "../../../src/kernel/clock.ts";
import { createRandom } from "../../../src/kernel/random.ts";
import { watchProcess } from "../../../src/telemetry/metrics/process-gauges.ts";
import { createMetrics } from "../../../src/telemetry/metrics/registry.ts";

const EXEMPLAR = { traceId: "a".repeat(32), spanId: "b".repeat(16) };
const LIST = Object.entries(METRICS) as [string, MetricDefinition][];

const countSeries = (text: string): number =>
  text.split("\n").filter((line) => line !== "" && !line.startsWith("#")).length;

describe("metrics", () => {
  test("are named regoose_<noun>_<unit>, counters with _total", () => {
    for (const [name, { kind, buckets }] of LIST) {
      expect(name).toMatch(
        kind === "counter"
          ? /^regoose_[a-z_]+_total$/u
          : /^regoose_[a-z_]+_(seconds|bytes|ratio|runs|active|state|files|keys)$/u,
      );
      expect(buckets !== undefined).toBe(kind === "histogram");
    }
  });

  test("stay below 3,000 series after 10,000 runs, whatever the labels say", async () => {
    const metrics = createMetrics();
    const random = createRandom(1);
    for (let run = 0; run < 10_000; run += 1) {
      const label = (values: readonly string[]): string =>
        random.chance(0.8) ? random.pick(values) : `run-${run}"\n{}`;
      for (const [name, { kind, labels }] of LIST) {
        const given = Object.fromEntries(
          Object.entries(labels).map(([key, values]) => [key, label(values)]),
        );
        const all = { ...given, run_id: `run-${run}` };
        if (kind === "counter") metrics.count(name as MetricOf<"counter">, all, 1);
        else if (kind === "gauge") metrics.shift(name as MetricOf<"gauge">, all, 1);
        else metrics.observe(name as MetricOf<"histogram">, all, random.int(1000), EXEMPLAR);
      }
    }
    const text = await metrics.print();
    expect(countSeries(text)).toBeLessThanOrEqual(3_000);
    expect(text).not.toContain("run-");
    expect(text).toContain('outcome="other"');
  });

  test("name every runner and every sandbox, and call nothing of ours other", async () => {
    const metrics = createMetrics();
    const clock = createSystemClock();
    const runners = [...RUNNERS, ...LANGUAGE_RUNNERS];
    for (const runner of runners)
      metrics.count("regoose_test_runs_total", { runner, mode: "plain", end: "finished" }, 1);
    const backends = [createBubblewrapBackend({ clock }), createGuardedBackend({ clock })];
    for (const { name } of backends)
      metrics.count("regoose_sandboxes_total", { backend: name, event: "created" }, 1);
    const text = await metrics.print();
    expect([...text.matchAll(/runner="([^"]+)"/gu)].map(([, name]) => name)).toEqual(runners);
    expect([...text.matchAll(/backend="([^"]+)"/gu)].map(([, name]) => name)).toEqual(
      backends.map(({ name }) => name),
    );
  });

  test("print as OpenMetrics, with the span of a measurement as its exemplar", async () => {
    const metrics = createMetrics();
    metrics.count("regoose_runs_total", { outcome: "succeeded" }, 2);
    metrics.observe("regoose_run_duration_seconds", { outcome: "succeeded" }, 7, EXEMPLAR);
    const text = await metrics.print();
    expect(text).toContain('regoose_runs_total{outcome="succeeded"} 2');
    expect(text).toContain(`# {trace_id="${EXEMPLAR.traceId}",span_id="${EXEMPLAR.spanId}"} 7`);
    expect(text.trimEnd().endsWith("# EOF")).toBe(true);
  });

  test("say how this process does", async () => {
    using gauges = watchProcess();
    const metrics = createMetrics();
    const print = (): Promise<string> => {
      gauges.record(metrics);
      return metrics.print();
    };
    // On a busy machine the first interval may be long in coming.
    await expect.poll(print, { timeout: 20_000 }).toContain("regoose_eventloop_lag_seconds{");
    const text = await print();
    expect(text).toMatch(/regoose_process_memory_bytes\{kind="rss"\} [1-9]/u);
    expect(text).toMatch(/regoose_process_cpu_seconds\{kind="user"\} \d/u);
    expect(text).toMatch(/regoose_eventloop_lag_seconds\{kind="max"\} \d/u);
  });
});
