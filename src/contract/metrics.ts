import type { MetricDefinition } from "./metrics/definition.ts";
import { RUN_METRICS, type RunMetricTable } from "./metrics/run-metrics.ts";
import { SERVER_METRICS, type ServerMetricTable } from "./metrics/server-metrics.ts";

/** Stands for a label value that is not listed, so that no input makes series. */
export const OTHER_LABEL = "other";

/** Names of the metrics, each with its kind and the names of its labels. */
export interface MetricTable extends RunMetricTable, ServerMetricTable {}

/** Every metric, as `regoose_<noun>_<unit>`; counters end in `_total`. Labels are bounded by what is listed. */
export const METRICS: MetricTable = { ...RUN_METRICS, ...SERVER_METRICS };

export type MetricName = keyof MetricTable;

/** Names of metrics of one kind. */
export type MetricOf<K extends MetricDefinition["kind"]> = {
  [N in MetricName]: MetricTable[N]["kind"] extends K ? N : never;
}[MetricName];

/** Label values by name; a value that is not listed counts as `other`. */
export type LabelsOf<N extends MetricName> = {
  readonly [L in keyof MetricTable[N]["labels"]]: string;
};

/** The definition of a metric, or null where there is none of that name. */
export function toMetricDefinition(name: string): MetricDefinition | null {
  return Object.hasOwn(METRICS, name) ? METRICS[name as MetricName] : null;
}
