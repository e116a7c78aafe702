import { Counter, Gauge, Histogram, Registry, type OpenMetricsContentType } from "prom-client";

import {
  METRICS,
  OTHER_LABEL,
  type MetricDefinition,
  type MetricName,
  type MetricOf,
} from "../../contract/metrics.ts";

/** Labels as a caller gives them. */
export type GivenLabels = Readonly<Partial<Record<string, string>>>;

/** The span that a measurement was made in. */
export interface Exemplar {
  readonly traceId: string;
  readonly spanId: string;
}

/** The metrics of one process. */
export interface Metrics {
  count(metric: MetricOf<"counter">, labels: GivenLabels, by: number): void;
  /** The span goes along as the exemplar of the bucket. */
  observe(
    metric: MetricOf<"histogram">,
    labels: GivenLabels,
    value: number,
    exemplar: Exemplar,
  ): void;
  shift(metric: MetricOf<"gauge">, labels: GivenLabels, by: number): void;
  set(metric: MetricOf<"gauge">, labels: GivenLabels, value: number): void;
  /** OpenMetrics 1.0 text. */
  print(): Promise<string>;
}

/** Registers every metric of the contract, in a registry of its own. */
export function createMetrics(): Metrics {
  const registry = new Registry<OpenMetricsContentType>();
  // Before any metric is made, or exemplars are refused.
  registry.setContentType(Registry.OPENMETRICS_CONTENT_TYPE);
  const counters = new Map<MetricName, Counter>();
  const gauges = new Map<MetricName, Gauge>();
  const histograms = new Map<MetricName, Histogram>();
  for (const [name, definition] of list()) {
    const common = {
      name: toRegistered(name, definition),
      help: definition.help,
      labelNames: Object.keys(definition.labels),
      registers: [registry as unknown as Registry],
    };
    if (definition.kind === "counter") counters.set(name, new Counter(common));
    else if (definition.kind === "gauge") gauges.set(name, new Gauge(common));
    else {
      const buckets = [...(definition.buckets ?? [])];
      histograms.set(name, new Histogram({ ...common, buckets, enableExemplars: true }));
    }
  }
  return {
    count: (metric, labels, by) => counters.get(metric)?.inc(toBounded(metric, labels), by),
    observe(metric, labels, value, { traceId, spanId }) {
      histograms.get(metric)?.observe({
        labels: toBounded(metric, labels),
        value,
        exemplarLabels: { trace_id: traceId, span_id: spanId },
      });
    },
    shift: (metric, labels, by) => gauges.get(metric)?.inc(toBounded(metric, labels), by),
    set: (metric, labels, value) => gauges.get(metric)?.set(toBounded(metric, labels), value),
    print: () => registry.metrics(),
  };
}

function list(): readonly (readonly [MetricName, MetricDefinition])[] {
  return Object.entries(METRICS) as [MetricName, MetricDefinition][];
}

/** OpenMetrics adds `_total` to the samples of a counter itself. */
function toRegistered(name: string, { kind }: MetricDefinition): string {
  return kind === "counter" ? name.replace(/_total$/u, "") : name;
}

/** Only labels and values that the contract lists: whatever is measured, the number of series is known. */
function toBounded(metric: MetricName, given: GivenLabels): Record<string, string> {
  const { labels } = METRICS[metric] as MetricDefinition;
  return Object.fromEntries(
    Object.entries(labels).map(([label, values]) => {
      const value = given[label] ?? OTHER_LABEL;
      return [label, values.includes(value) ? value : OTHER_LABEL];
    }),
  );
}
