import { describe, expect, test } from "vitest";
import { chooseExposition, toPrometheusText } from "../../../src/telemetry/metrics/exposition.ts";
import { createMetrics } from "../../../src/telemetry/metrics/registry.ts";

describe("the text of metrics", () => {
  test.each([
    [undefined, "prometheus"],
    ["", "prometheus"],
    ["*/*", "prometheus"],
    ["text/plain", "prometheus"],
    ["application/openmetrics-text", "openmetrics"],
    ["application/openmetrics-text;q=0, text/plain", "prometheus"],
    ["text/plain, Application/OpenMetrics-Text; version=1.0.0; q=0.9", "prometheus"],
    ["application/openmetrics-text; q=nonsense", "prometheus"],
    // What Prometheus 2.42 sends.
    [
      "application/openmetrics-text;version=1.0.0,application/openmetrics-text;version=0.0.1;q=0.75,text/plain;version=0.0.4;q=0.5,*/*;q=0.1",
      "openmetrics",
    ],
  ])("for Accept: %s is %s", (accept, exposition) => {
    expect(chooseExposition(accept)).toBe(exposition);
  });

  test("has the same samples in the older form, without exemplars and end", async () => {
    const metrics = createMetrics("server");
    metrics.count("regoose_runs_total", { outcome: "failed" }, 2);
    const span = { traceId: "a".repeat(32), spanId: "b".repeat(16) };
    metrics.observe("regoose_run_duration_seconds", { outcome: "failed" }, 7, span);
    const newer = await metrics.print();
    const older = toPrometheusText(newer);
    const toSamples = (text: string): readonly string[] =>
      text.split("\n").flatMap((line) => (line.startsWith("#") ? [] : [line.replace(/ #.*/u, "")]));
    expect(toSamples(older)).toEqual(toSamples(newer));
    expect(newer).toContain("# TYPE regoose_runs counter\n");
    expect(older).toContain("# TYPE regoose_runs_total counter\n");
    expect(older).toContain("# HELP regoose_runs_total Runs that ended\n");
    expect(newer).toContain("trace_id");
    expect(older).not.toContain("trace_id");
    expect(older).not.toContain("# EOF");
    expect(older.endsWith("\n")).toBe(true);
  });
});
