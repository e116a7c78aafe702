/** Dashboards for Grafana, drawn from the table of metrics: `deploy/grafana/*.json`. */
import { toMetricDefinition, type MetricName } from "../../src/contract/metrics.ts";

/** A query of a panel. */
interface Query {
  readonly expr: string;
  readonly legend: string;
  readonly hasExemplars?: boolean;
}

interface Panel {
  readonly title: string;
  readonly description: string;
  readonly unit: string;
  readonly queries: readonly Query[];
  readonly kind: "timeseries" | "stat";
}

interface Row {
  readonly title: string;
  /** Drawn in this order, each by its kind. */
  readonly metrics: readonly MetricName[];
}

interface Dashboard {
  readonly uid: string;
  readonly title: string;
  readonly stats: readonly Panel[];
  readonly rows: readonly Row[];
}

const stat = (title: string, expr: string, unit: string, description: string): Panel => ({
  title,
  description,
  unit,
  kind: "stat",
  queries: [{ expr, legend: "{{instance}}" }],
});

const DASHBOARDS: readonly Dashboard[] = [
  {
    uid: "regoose-server",
    title: "Regoose: server",
    stats: [
      stat(
        "Failed runs, 3 days",
        "regoose:run_errors:ratio_rate3d",
        "percentunit",
        "Runs that Regoose or its machine failed; the goal allows 1 %.",
      ),
      stat(
        "5xx answers, 3 days",
        "regoose:http_errors:ratio_rate3d",
        "percentunit",
        "Requests to the API; the goal allows 0.1 %.",
      ),
      stat(
        "95 % of answers within",
        "regoose:http_request_duration_seconds:p95_rate5m",
        "s",
        "Time from a request to its answer over five minutes.",
      ),
      stat(
        "Busy, 10 minutes",
        "regoose:busy_ratio:avg10m",
        "percentunit",
        "Share of places for runs that were taken. Near 1 with an old queue: more places would help.",
      ),
    ],
    rows: [
      {
        title: "Queue",
        metrics: [
          "regoose_server_state",
          "regoose_queue_runs",
          "regoose_queue_age_seconds",
          "regoose_runs_active",
          "regoose_busy_ratio",
        ],
      },
      {
        title: "Requests",
        metrics: ["regoose_http_requests_total", "regoose_http_request_duration_seconds"],
      },
      {
        title: "What it does by itself",
        metrics: [
          "regoose_triggers_total",
          "regoose_run_restarts_total",
          "regoose_run_silence_seconds",
          "regoose_machine_failures_runs",
          "regoose_orphans_active",
        ],
      },
      {
        title: "Configuration",
        metrics: [
          "regoose_config_reloads_total",
          "regoose_config_refused_files",
          "regoose_config_pending_keys",
        ],
      },
      {
        title: "Process and machine",
        metrics: [
          "regoose_process_memory_bytes",
          "regoose_process_cpu_seconds",
          "regoose_eventloop_lag_seconds",
          "regoose_memory_available_bytes",
          "regoose_disk_free_bytes",
          "regoose_telemetry_dropped_total",
        ],
      },
    ],
  },
  {
    uid: "regoose-runs",
    title: "Regoose: runs",
    stats: [
      stat(
        "95 % of runs within",
        "regoose:run_duration_seconds:p95_rate1h",
        "s",
        "Wall time of runs over an hour.",
      ),
      stat(
        "Admitted of all candidates",
        "regoose:tests_admitted:ratio_rate1h",
        "percentunit",
        "Tests that entered a suite, of all that were proposed, over an hour.",
      ),
    ],
    rows: [
      {
        title: "Runs",
        metrics: [
          "regoose_runs_total",
          "regoose_run_failures_total",
          "regoose_run_duration_seconds",
        ],
      },
      {
        title: "Actions",
        metrics: [
          "regoose_actions_total",
          "regoose_action_duration_seconds",
          "regoose_retries_total",
        ],
      },
      {
        title: "Search and tests",
        metrics: [
          "regoose_search_executions_total",
          "regoose_search_jobs_total",
          "regoose_tests_admitted_total",
          "regoose_tests_rejected_total",
          "regoose_test_runs_total",
          "regoose_test_run_duration_seconds",
        ],
      },
      {
        title: "Sandboxes",
        metrics: [
          "regoose_sandboxes_total",
          "regoose_sandbox_processes_total",
          "regoose_sandbox_process_duration_seconds",
        ],
      },
      {
        title: "Calls out of the process",
        metrics: ["regoose_breaker_state", "regoose_call_retries_total"],
      },
      {
        title: "Language models",
        metrics: [
          "regoose_model_calls_total",
          "regoose_model_answers_total",
          "regoose_model_tokens_total",
          "regoose_model_cost_usd_total",
          "regoose_model_call_duration_seconds",
          "regoose_model_first_token_seconds",
          "regoose_model_fallbacks_total",
          "regoose_model_hedges_total",
          "regoose_model_breaker_transitions_total",
        ],
      },
    ],
  },
];

/** Metrics that the dashboards show. */
export const SHOWN_METRICS: readonly MetricName[] = DASHBOARDS.flatMap(({ rows }) =>
  rows.flatMap(({ metrics }) => metrics),
);

/** Path in the repository → text. */
export function renderDashboards(): Readonly<Record<string, string>> {
  return Object.fromEntries(
    DASHBOARDS.map((dashboard) => [
      `deploy/grafana/${dashboard.uid}.json`,
      JSON.stringify(toGrafana(dashboard)),
    ]),
  );
}

const WIDTH = 24;
const PANEL = { width: 8, height: 8 };
const STAT = { width: 6, height: 4 };

/** The model of Grafana 10 and later, schema version 39. */
function toGrafana({ uid, title, stats, rows }: Dashboard): object {
  const panels: object[] = [];
  let y = 0;
  const place = (ones: readonly Panel[], { width, height }: typeof PANEL): void => {
    const across = WIDTH / width;
    ones.forEach((panel, index) => {
      const x = (index % across) * width;
      const gridPos = { x, y: y + Math.floor(index / across) * height, w: width, h: height };
      panels.push(toGrafanaPanel(panel, panels.length + 1, gridPos));
    });
    y += Math.ceil(ones.length / across) * height;
  };
  place(stats, STAT);
  for (const row of rows) {
    const gridPos = { x: 0, y, w: WIDTH, h: 1 };
    panels.push({ id: panels.length + 1, type: "row", title: row.title, gridPos, panels: [] });
    y += 1;
    place(row.metrics.map(toPanel), PANEL);
  }
  const source = { name: "source", type: "datasource", query: "prometheus", label: "Prometheus" };
  return {
    uid,
    title,
    tags: ["regoose"],
    schemaVersion: 39,
    version: 1,
    editable: true,
    refresh: "30s",
    time: { from: "now-6h", to: "now" },
    templating: { list: [source] },
    panels,
  };
}

function toGrafanaPanel(panel: Panel, id: number, gridPos: object): object {
  const { title, description, unit, kind, queries } = panel;
  const datasource = { type: "prometheus", uid: "${source}" };
  return {
    id,
    type: kind,
    title,
    description,
    gridPos,
    datasource,
    fieldConfig: { defaults: { unit }, overrides: [] },
    targets: queries.map(({ expr, legend, hasExemplars }, index) => ({
      refId: String.fromCodePoint(65 + index),
      datasource,
      expr,
      legendFormat: legend,
      ...(hasExemplars === true ? { exemplar: true } : {}),
    })),
  };
}

function toPanel(metric: MetricName): Panel {
  const definition = toMetricDefinition(metric);
  if (definition === null) throw new Error(`there is no metric ${metric}`);
  const { kind, help, labels } = definition;
  const names = Object.keys(labels);
  const legend = names.length === 0 ? "{{instance}}" : names.map((name) => `{{${name}}}`).join(" ");
  const by = ["instance", ...names].join(", ");
  const common = { title: help, description: `\`${metric}\``, kind: "timeseries" } as const;
  switch (kind) {
    case "counter": {
      const expr = `sum by (${by}) (rate(${metric}[$__rate_interval]))`;
      return { ...common, unit: "cps", queries: [{ expr, legend }] };
    }
    case "gauge":
      return { ...common, unit: toUnit(metric), queries: [{ expr: metric, legend }] };
    case "histogram":
      return {
        ...common,
        unit: toUnit(metric),
        queries: [0.5, 0.95, 0.99].map(toQuantile(metric)),
      };
  }
}

function toQuantile(metric: MetricName): (quantile: number) => Query {
  return (quantile) => ({
    expr: `histogram_quantile(${quantile}, sum by (le) (rate(${metric}_bucket[$__rate_interval])))`,
    legend: `${quantile * 100} %`,
    hasExemplars: true,
  });
}

function toUnit(metric: string): string {
  if (metric.endsWith("_seconds")) return "s";
  if (metric.endsWith("_bytes")) return "bytes";
  return metric.endsWith("_ratio") ? "percentunit" : "short";
}
