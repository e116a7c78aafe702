import { OTHER_LABEL, toMetricDefinition, type MetricName } from "../../contract/metrics.ts";
import type { MetricDefinition } from "../../contract/metrics/definition.ts";

/** One line of what a run measured: a counter, a gauge, or a bucket, the sum or the count of a histogram. */
export interface RunSample {
  readonly metric: MetricName;
  /** As printed: `regoose_run_duration_seconds_bucket`. */
  readonly name: string;
  readonly labels: Readonly<Record<string, string>>;
  readonly value: number;
  readonly exemplar: {
    readonly labelSet: Readonly<Record<string, string>>;
    readonly value: number;
    /** Seconds since the Unix epoch. */
    readonly timestamp: number;
  } | null;
}

/** Above what any run can have counted. */
const MOST_VALUE = 1e15;

const LINE =
  /^(?<name>[a-z_]+)(?:\{(?<labels>[^}]*)\})? (?<value>[\d.e+-]+)(?: # \{trace_id="(?<trace>[\da-f]{32})",span_id="(?<span>[\da-f]{16})"\} (?<seen>[\d.e+-]+) (?<at>[\d.]+))?$/u;
const LABEL = /(?<label>[a-z_]+)="(?<value>[^"\\]*)"/gu;

/**
 * Reads what a run has written (OpenMetrics 1.0). The file lies in a project that anyone may have sent: what the
 * contract does not list, no run can have measured, or contradicts itself, is left out.
 */
export function parseRunMetrics(text: string): readonly RunSample[] {
  const samples = text.split("\n").flatMap(toSample);
  const broken = findBroken(samples);
  return samples.filter((sample) => !broken.has(toSeries(sample)));
}

function toSample(line: string): readonly RunSample[] {
  const fields = LINE.exec(line)?.groups;
  if (fields === undefined) return [];
  const { name = "", value, trace, span, seen, at } = fields;
  const metric = toMetric(name);
  const definition = toMetricDefinition(metric);
  const labels = Object.fromEntries(
    [...(fields["labels"] ?? "").matchAll(LABEL)].map(({ groups }) => [
      groups?.["label"] ?? "",
      groups?.["value"] ?? "",
    ]),
  );
  const count = Number(value);
  if (definition === null || !isListed(definition, name, labels)) return [];
  if (!(count >= 0 && count <= MOST_VALUE)) return [];
  const exemplar =
    trace === undefined || span === undefined
      ? null
      : {
          labelSet: { trace_id: trace, span_id: span },
          value: Number(seen),
          timestamp: Number(at),
        };
  return [{ metric: metric as MetricName, name, labels, value: count, exemplar }];
}

const PART = /_(?:bucket|sum|count)$/u;

function toMetric(name: string): string {
  const base = name.replace(PART, "");
  return toMetricDefinition(base)?.kind === "histogram" ? base : name;
}

function isListed(
  { kind, labels: known, buckets = [] }: MetricDefinition,
  name: string,
  labels: Readonly<Record<string, string>>,
): boolean {
  if (kind === "histogram" && !PART.test(name)) return false;
  const isBucket = name.endsWith("_bucket");
  const names = [...Object.keys(known), ...(isBucket ? ["le"] : [])];
  if (Object.keys(labels).sort().join() !== names.sort().join()) return false;
  return Object.entries(labels).every(([label, value]) =>
    label === "le"
      ? value === "+Inf" || buckets.map(String).includes(value)
      : value === OTHER_LABEL || known[label]?.includes(value),
  );
}

/** Series of histograms that lack a part, or whose buckets do not grow up to the count. */
function findBroken(samples: readonly RunSample[]): ReadonlySet<string> {
  const series = Map.groupBy(
    samples.filter(({ metric }) => toMetricDefinition(metric)?.kind === "histogram"),
    toSeries,
  );
  const broken = new Set<string>();
  for (const [key, parts] of series) {
    const bounds = parts.filter(({ labels }) => labels["le"] !== undefined).sort(byBound);
    const isGrowing = bounds.every(
      ({ value }, index) => index === 0 || value >= (bounds[index - 1]?.value ?? 0),
    );
    const total = parts.find(({ name }) => name.endsWith("_count"))?.value;
    const expected = (toMetricDefinition(parts[0]?.metric ?? "")?.buckets?.length ?? 0) + 1;
    const isWhole = bounds.length === expected && parts.length === expected + 2;
    if (!isWhole || !isGrowing || bounds.at(-1)?.value !== total) broken.add(key);
  }
  return broken;
}

function byBound(left: RunSample, right: RunSample): number {
  const toNumber = ({ labels }: RunSample): number =>
    labels["le"] === "+Inf" ? Number.POSITIVE_INFINITY : Number(labels["le"]);
  return toNumber(left) - toNumber(right);
}

function toSeries({ metric, labels }: RunSample): string {
  const own = Object.entries(labels).filter(([label]) => label !== "le");
  return [metric, ...own.flat().sort()].join(",");
}
