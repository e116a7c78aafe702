import { join } from "node:path";

import { readRegular } from "../../analysis/files/tree.ts";
import type { LabelsOf, MetricOf } from "../../contract/metrics.ts";
import type { Clock } from "../../kernel/clock.ts";
import { toRunIds } from "../../telemetry/ids.ts";

/** What a server measures of itself and of its runs. */
export interface ServerMetrics extends Disposable {
  count<N extends MetricOf<"counter">>(metric: N, labels: LabelsOf<N>, by?: number): void;
  set<N extends MetricOf<"gauge">>(metric: N, labels: LabelsOf<N>, value: number): void;
  /** One series as it was set last, or null. */
  read(metric: MetricOf<"gauge">, labels: Readonly<Record<string, string>>): Promise<number | null>;
  /** `runId` names the run that the value was observed of: it becomes the exemplar. */
  observe<N extends MetricOf<"histogram">>(
    metric: N,
    labels: LabelsOf<N>,
    value: number,
    runId?: string | null,
  ): void;
  /**
   * Adds what the last process of a run wrote into `metrics.prom`; what no run can have measured is left out.
   * Called once for each run: it does not know what it has added before.
   */
  absorbRun(project: string, runId: string): Promise<void>;
  /** Sets what this process uses at the moment. */
  recordProcess(): void;
  /** Everything, as an `Accept` header asks for it. */
  print(
    accept: string | undefined,
  ): Promise<{ readonly contentType: string; readonly text: string }>;
}

/** A run writes some twenty kilobytes; in its project others may write what they like. */
const MOST_BYTES = 512 * 1024;

/** Opens the one registry of this process. */
export async function openServerMetrics(clock: Clock): Promise<ServerMetrics> {
  const [
    { createMetrics },
    { parseRunMetrics },
    { watchProcess, SERVER_WINDOW_MS },
    { chooseExposition, CONTENT_TYPES, toPrometheusText },
    { METRICS_FILE },
  ] = await Promise.all([
    import("../../telemetry/metrics/registry.ts"),
    import("../../telemetry/metrics/parse-run-metrics.ts"),
    import("../../telemetry/metrics/process-gauges.ts"),
    import("../../telemetry/metrics/exposition.ts"),
    import("../../telemetry/open-telemetry.ts"),
  ]);
  const metrics = createMetrics("server");
  const gauges = watchProcess({ clock, windowMs: SERVER_WINDOW_MS });
  return {
    count(metric, labels, by = 1) {
      metrics.count(metric, labels, by);
    },
    set(metric, labels, value) {
      metrics.set(metric, labels, value);
    },
    observe(metric, labels, value, runId = null) {
      const ids = runId === null ? null : toRunIds(runId);
      const exemplar = ids === null ? null : { traceId: ids.traceId, spanId: ids.rootId };
      metrics.observe(metric, labels, value, exemplar);
    },
    read: (metric, labels) => metrics.read(metric, labels),
    async absorbRun(project, runId) {
      const path = join(project, ".regoose", "runs", runId, METRICS_FILE);
      const file = await readRegular(path, MOST_BYTES);
      if (file.kind === "text") metrics.absorb(parseRunMetrics(file.text));
    },
    recordProcess() {
      gauges.record(metrics);
    },
    async print(accept) {
      const exposition = chooseExposition(accept);
      const text = await metrics.print();
      return {
        contentType: CONTENT_TYPES[exposition],
        text: exposition === "openmetrics" ? text : toPrometheusText(text),
      };
    },
    [Symbol.dispose]() {
      gauges[Symbol.dispose]();
    },
  };
}
