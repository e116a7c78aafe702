import { describe, expect, test } from "vitest";
import { parseRunMetrics } from "../../../src/telemetry/metrics/parse-run-metrics.ts";
import { createMetrics, type Metrics } from "../../../src/telemetry/metrics/registry.ts";

const spanOf = (digit: string): { readonly traceId: string; readonly spanId: string } => ({
  traceId: digit.repeat(32),
  spanId: digit.repeat(16),
});

/** What one run measured. */
async function aRun(change: (metrics: Metrics) => void): Promise<string> {
  const metrics = createMetrics();
  metrics.count("regoose_search_executions_total", {}, 300);
  metrics.count("regoose_runs_total", { outcome: "succeeded" }, 1);
  metrics.set("regoose_process_memory_bytes", { kind: "rss" }, 1e8);
  change(metrics);
  return metrics.print();
}

async function absorbAll(...texts: readonly string[]): Promise<string> {
  const server = createMetrics("server");
  for (const text of texts) server.absorb(parseRunMetrics(text));
  return server.print();
}

describe("what runs measured, in a server", () => {
  test("is the sum over the runs, where the server does not know better", async () => {
    const run = await aRun((metrics) => {
      metrics.count("regoose_tests_rejected_total", { reason: "never-red" }, 2);
      metrics.count("regoose_call_retries_total", { call: "project files" }, 1);
    });
    const text = await absorbAll(run, run, run);
    expect(text).toMatch(/^regoose_search_executions_total 900$/mu);
    expect(text).toMatch(/^regoose_tests_rejected_total\{reason="never-red"\} 6$/mu);
    expect(text).toMatch(/^regoose_tests_rejected_total\{reason="failed"\} 0$/mu);
    expect(text).toMatch(/^regoose_call_retries_total\{call="project files"\} 3$/mu);
    // Its own memory, its own count of runs.
    expect(text).not.toContain('regoose_process_memory_bytes{kind="rss"}');
    expect(text).toMatch(/^regoose_runs_total\{outcome="succeeded"\} 0$/mu);
    expect(text).not.toContain("regoose_sandboxes_active");
  });

  test("keeps buckets, sums and the newest exemplars", async () => {
    const aTime = (seconds: number, digit: string): Promise<string> =>
      aRun((metrics) => {
        const labels = { action: "admit-tests", outcome: "succeeded" };
        metrics.observe("regoose_action_duration_seconds", labels, seconds, spanOf(digit));
      });
    const text = await absorbAll(await aTime(0.2, "a"), await aTime(7, "b"), await aTime(8, "c"));
    const labels = 'action="admit-tests",outcome="succeeded"';
    const name = "regoose_action_duration_seconds";
    const read = (part: string, le?: string): string | undefined =>
      text
        .split("\n")
        .find(
          (line) =>
            line.startsWith(`${name}_${part}{`) &&
            line.includes('action="admit-tests"') &&
            (le === undefined || line.includes(`le="${le}"`)),
        );
    expect(read("count")).toBe(`${name}_count{${labels}} 3`);
    expect(read("sum")).toMatch(/ 15\.2$/u);
    expect(read("bucket", "0.1")).toMatch(/\} 0$/u);
    expect(read("bucket", "0.25")).toMatch(
      new RegExp(
        `\\} 1 # \\{trace_id="${"a".repeat(32)}",span_id="${"a".repeat(16)}"\\} 0.2 `,
        "u",
      ),
    );
    expect(read("bucket", "10")).toContain(`trace_id="${"c".repeat(32)}"`);
    expect(read("bucket", "+Inf")).toMatch(/\} 3$/u);
    expect(text.split("\n").filter((line) => line.startsWith(`# TYPE ${name} `))).toHaveLength(1);
  });

  test("shows breakers as the run had them that ended last", async () => {
    const aBreaker = (call: string, state: string): Promise<string> =>
      aRun((metrics) => {
        metrics.set("regoose_breaker_state", { call, state }, 1);
      });
    const text = await absorbAll(
      await aBreaker("sandbox", "open"),
      await aBreaker("sandbox", "closed"),
    );
    expect(text).toContain('regoose_breaker_state{call="sandbox",state="closed"} 1');
    expect(text).not.toContain('regoose_breaker_state{call="sandbox",state="open"}');
  });

  test("is not believed where no run can have measured it", async () => {
    const good = await aRun((metrics) => {
      metrics.observe("regoose_test_run_duration_seconds", { mode: "plain" }, 1, spanOf("a"));
    });
    const broken = good
      .replace('le="0.05",mode="plain"} 0', 'le="0.05",mode="plain"} 5')
      .replace("regoose_search_executions_total 300", "regoose_search_executions_total NaN");
    const lines = [
      'regoose_tests_rejected_total{reason="never-heard"} 1',
      'regoose_tests_rejected_total{reason="failed",host="me"} 1',
      'regoose_search_jobs_total{job="shrink"} 1',
      "regoose_tests_admitted_total -1",
      "regoose_tests_admitted_total 1e300",
      "regoose_retries 1",
      "evil_total 1",
      "constructor 1",
      'regoose_test_run_duration_seconds{mode="plain"} 1',
      'regoose_test_run_duration_seconds_bucket{mode="plain",le="0.07"} 1',
      'regoose_test_run_duration_seconds_sum{mode="mutants"} 9',
      "\u0000\ud800",
    ];
    const empty = await absorbAll();
    expect(await absorbAll(broken, lines.join("\n"))).toBe(empty);
    expect(await absorbAll(good)).not.toBe(empty);
  });
});
