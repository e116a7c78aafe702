/**
 * Who shows a metric. `run`: each run of itself. `each`: a run of itself, and a server of itself. `summed`: a run of
 * itself, and a server as the sum over its runs. `latest`: a run of itself, and a server as the run had it that ended
 * last. `server`: a server alone.
 */
export type MetricScope = "run" | "each" | "summed" | "latest" | "server";

/** What every metric is: its kind, what it says, who shows it, and the only values that each label may have. */
export interface MetricDefinition {
  readonly kind: "counter" | "gauge" | "histogram";
  readonly help: string;
  readonly scope: MetricScope;
  readonly labels: Readonly<Record<string, readonly string[]>>;
  /** Upper bounds of a histogram, in the unit of its name. */
  readonly buckets?: readonly number[];
}

type OfKind<K extends MetricDefinition["kind"], L extends string> = MetricDefinition & {
  readonly kind: K;
  readonly labels: Readonly<Record<L, readonly string[]>>;
};

export type Counter<L extends string = never> = OfKind<"counter", L>;
export type Gauge<L extends string = never> = OfKind<"gauge", L>;
export type Histogram<L extends string = never> = OfKind<"histogram", L>;
