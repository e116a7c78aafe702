import { Counter, Gauge, Histogram, Registry, type OpenMetricsContentType } from "prom-client";

import {
  METRICS,
  OTHER_LABEL,
  toMetricDefinition,
  type MetricName,
  type MetricOf,
} from "../../contract/metrics.ts";
import type { MetricDefinition } from "../../contract/metrics/definition.ts";
import type { RunSample } from "./parse-run-metrics.ts";
import { registerSummed, type MeasuredElsewhere } from "./summed-histogram.ts";

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
  /** The span goes along as the exemplar of the bucket; null for none. */
  observe(
    metric: MetricOf<"histogram">,
    labels: GivenLabels,
    value: number,
    exemplar: Exemplar | null,
  ): void;
  shift(metric: MetricOf<"gauge">, labels: GivenLabels, by: number): void;
  set(metric: MetricOf<"gauge">, labels: GivenLabels, value: number): void;
  /** One series, or null where it has no value. */
  read(metric: MetricOf<"gauge">, labels: GivenLabels): Promise<number | null>;
  /** Takes over what a run measured, as far as the scope of each metric says so. */
  absorb(samples: readonly RunSample[]): void;
  /** OpenMetrics 1.0 text. */
  print(): Promise<string>;
}

interface Instruments {
  readonly counters: ReadonlyMap<MetricName, Counter>;
  readonly gauges: ReadonlyMap<MetricName, Gauge>;
  readonly histograms: ReadonlyMap<MetricName, Histogram>;
  /** What others observed, by the histogram that it belongs to. */
  readonly elsewhere: ReadonlyMap<MetricName, MeasuredElsewhere>;
}

/** Registers the metrics that a run, or a server, shows, in a registry of its own. */
export function createMetrics(of: "run" | "server" = "run"): Metrics {
  const registry = new Registry<OpenMetricsContentType>();
  // Before any metric is made, or exemplars are refused.
  registry.setContentType(Registry.OPENMETRICS_CONTENT_TYPE);
  const instruments = register(registry, of);
  const { counters, gauges, histograms } = instruments;
  if (of === "server") beginAtZero(counters);
  return {
    count: (metric, labels, by) => counters.get(metric)?.inc(toBounded(metric, labels), by),
    observe(metric, labels, value, exemplar) {
      histograms.get(metric)?.observe({
        labels: toBounded(metric, labels),
        value,
        ...(exemplar === null
          ? {}
          : { exemplarLabels: { trace_id: exemplar.traceId, span_id: exemplar.spanId } }),
      });
    },
    shift: (metric, labels, by) => gauges.get(metric)?.inc(toBounded(metric, labels), by),
    set: (metric, labels, value) => gauges.get(metric)?.set(toBounded(metric, labels), value),
    async read(metric, labels) {
      const wanted = Object.entries(toBounded(metric, labels));
      const { values = [] } = (await gauges.get(metric)?.get()) ?? {};
      const found = values.find((one) =>
        wanted.every(([name, value]) => one.labels[name] === value),
      );
      return found?.value ?? null;
    },
    absorb(samples) {
      absorb(instruments, samples);
    },
    print: () => registry.metrics(),
  };
}

function register(registry: Registry<OpenMetricsContentType>, of: "run" | "server"): Instruments {
  const counters = new Map<MetricName, Counter>();
  const gauges = new Map<MetricName, Gauge>();
  const histograms = new Map<MetricName, Histogram>();
  const elsewhere = new Map<MetricName, MeasuredElsewhere>();
  for (const [name, definition] of list()) {
    if (definition.scope === (of === "run" ? "server" : "run")) continue;
    const common = {
      name: toRegistered(name, definition),
      help: definition.help,
      labelNames: Object.keys(definition.labels),
      registers: [registry as unknown as Registry],
    };
    const isSummed = of === "server" && definition.scope === "summed";
    if (definition.kind === "counter") counters.set(name, new Counter(common));
    else if (definition.kind === "gauge") gauges.set(name, new Gauge(common));
    else {
      const buckets = [...(definition.buckets ?? [])];
      const registers = isSummed ? [] : common.registers;
      const histogram = new Histogram({ ...common, buckets, registers, enableExemplars: true });
      histograms.set(name, histogram);
      if (isSummed) elsewhere.set(name, registerSummed(registry, histogram));
    }
  }
  return { counters, gauges, histograms, elsewhere };
}

function list(): readonly (readonly [MetricName, MetricDefinition])[] {
  return Object.entries(METRICS) as [MetricName, MetricDefinition][];
}

/** OpenMetrics adds `_total` to the samples of a counter itself. */
function toRegistered(name: string, { kind }: MetricDefinition): string {
  return kind === "counter" ? name.replace(/_total$/u, "") : name;
}

/** A rate misses the first count of a series that was not there before. */
function beginAtZero(counters: ReadonlyMap<MetricName, Counter>): void {
  for (const [name, counter] of counters) {
    let series: readonly Record<string, string>[] = [{}];
    for (const [label, values] of Object.entries(toMetricDefinition(name)?.labels ?? {}))
      series = series.flatMap((one) => values.map((value) => ({ ...one, [label]: value })));
    for (const labels of series) counter.inc(labels, 0);
  }
}

function absorb(instruments: Instruments, samples: readonly RunSample[]): void {
  const { counters, gauges, elsewhere } = instruments;
  const isFirst = new Set<MetricName>();
  for (const sample of samples) {
    const { metric, labels, value } = sample;
    const scope = toMetricDefinition(metric)?.scope;
    if (scope === "summed") {
      counters.get(metric)?.inc(labels, value);
      elsewhere.get(metric)?.add(sample);
    } else if (scope === "latest") {
      if (!isFirst.has(metric)) gauges.get(metric)?.reset();
      isFirst.add(metric);
      gauges.get(metric)?.set(labels, value);
    }
  }
}

/** Only labels and values that the contract lists: whatever is measured, the number of series is known. */
function toBounded(metric: MetricName, given: GivenLabels): Record<string, string> {
  const labels = toMetricDefinition(metric)?.labels ?? {};
  return Object.fromEntries(
    Object.entries(labels).map(([label, values]) => {
      const value = given[label] ?? OTHER_LABEL;
      return [label, values.includes(value) ? value : OTHER_LABEL];
    }),
  );
}
