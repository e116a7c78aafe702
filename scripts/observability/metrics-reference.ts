/** The page of all metrics: `docs/metrics.md`. */
import { METRICS } from "../../src/contract/metrics.ts";
import type { MetricDefinition, MetricScope } from "../../src/contract/metrics/definition.ts";

const SHOWN_BY: Readonly<Record<MetricScope, string>> = {
  run: "a run",
  each: "a run of itself, the server of itself",
  summed: "a run; the server as the sum over its runs",
  latest: "a run; the server as the run had it that ended last",
  server: "the server",
};

export function renderMetricsReference(): string {
  const rows = (Object.entries(METRICS) as [string, MetricDefinition][]).map(
    ([name, { kind, help, scope, labels }]) => {
      const listed = Object.entries(labels).map(
        ([label, values]) => `\`${label}\`: ${values.map((value) => `\`${value}\``).join(", ")}`,
      );
      return `| \`${name}\` | ${kind} | ${help} | ${SHOWN_BY[scope]} | ${listed.join("; ")} |`;
    },
  );
  return [
    "# Metrics",
    "<!-- Written by `npm run docs` from src/contract/metrics; edit that. -->",
    "A run writes them into `metrics.prom` of its folder; `regoose serve` shows them under `/metrics` ([server.md](server.md)). A label has the values that are listed, and `other` for what is none of them. Rules for Prometheus are in `deploy/prometheus`, dashboards for Grafana in `deploy/grafana`, and what to do about an alert in [runbook.md](runbook.md).",
    [
      "| metric | kind | counts or shows | shown by | labels |",
      "| --- | --- | --- | --- | --- |",
      ...rows,
    ].join("\n"),
  ].join("\n\n");
}
