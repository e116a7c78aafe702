import type { Histogram, Metric, OpenMetricsContentType, Registry } from "prom-client";

import type { RunSample } from "./parse-run-metrics.ts";

/** What other processes observed of one histogram. */
export interface MeasuredElsewhere {
  /** Adds one sample: a bucket, the sum or the count. */
  add(sample: RunSample): void;
}

interface Line {
  readonly metricName?: string;
  readonly labels: Readonly<Record<string, string | number>>;
  readonly value: number;
  readonly exemplar?: RunSample["exemplar"];
}

/**
 * Registers a histogram that shows what others observed beside its own. prom-client cannot add to buckets, but prints
 * whatever answers `get`, as its own sums over a cluster do (lib/cluster.js).
 */
export function registerSummed(
  registry: Registry<OpenMetricsContentType>,
  histogram: Histogram,
): MeasuredElsewhere {
  const added = new Map<string, Line>();
  const summed = {
    name: (histogram as unknown as { readonly name: string }).name,
    async get() {
      const own = await histogram.get();
      const lines = new Map<string, Line>();
      const all = [...(own.values as readonly Line[]), ...added.values()];
      for (const line of all) lines.set(toKey(line), add(lines.get(toKey(line)), line));
      return { ...own, values: [...lines.values()] };
    },
  };
  registry.registerMetric(summed as unknown as Metric);
  return {
    add({ name, labels, value, exemplar }) {
      const line = { metricName: name, labels, value, exemplar };
      added.set(toKey(line), add(added.get(toKey(line)), line));
    },
  };
}

function add(before: Line | undefined, line: Line): Line {
  if (before === undefined) return line;
  const exemplar = line.exemplar ?? before.exemplar ?? null;
  return { ...before, value: before.value + line.value, exemplar };
}

function toKey({ metricName, labels }: Line): string {
  const pairs = Object.entries(labels).map(([label, value]) => `${label}=${String(value)}`);
  return [metricName, ...pairs.sort()].join(",");
}
