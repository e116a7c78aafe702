import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import { parse } from "yaml";
import { SHOWN_METRICS } from "../../../scripts/observability/dashboards.ts";
import { METRICS, toMetricDefinition } from "../../../src/contract/metrics.ts";
import type { MetricDefinition } from "../../../src/contract/metrics/definition.ts";

const ROOT = join(import.meta.dirname, "..", "..", "..");
const PROMETHEUS = join(ROOT, "deploy", "prometheus");
const GRAFANA = join(ROOT, "deploy", "grafana");

interface Rule {
  readonly record?: string;
  readonly alert?: string;
  readonly expr: string;
  readonly labels?: Readonly<Record<string, string>>;
  readonly annotations?: Readonly<Record<string, string>>;
}

interface RuleTest {
  readonly input_series: readonly { readonly series: string }[];
  readonly alert_rule_test: readonly {
    readonly alertname: string;
    readonly exp_alerts: readonly unknown[];
  }[];
}

const readYaml = (path: string): unknown => parse(readFileSync(path, "utf8"));
const RULES = ["recording.rules.yml", "alerts.rules.yml"].flatMap((name) =>
  (readYaml(join(PROMETHEUS, name)) as { groups: { rules: Rule[] }[] }).groups.flatMap(
    ({ rules }) => rules,
  ),
);
const ALERTS = RULES.filter(({ alert }) => alert !== undefined);
const RECORDED = RULES.flatMap(({ record }) => record ?? []);
const TESTS = readdirSync(join(PROMETHEUS, "tests")).flatMap(
  (name) => (readYaml(join(PROMETHEUS, "tests", name)) as { tests: RuleTest[] }).tests,
);
const BOARDS = readdirSync(GRAFANA).map(
  (name) =>
    JSON.parse(readFileSync(join(GRAFANA, name), "utf8")) as {
      panels: { title: string; targets?: { expr: string }[] }[];
    },
);
const QUERIES = BOARDS.flatMap(({ panels }) =>
  panels.flatMap(({ targets = [] }) => targets.map(({ expr }) => expr)),
);

/** What a server shows under a name: a metric, or a part of a histogram. */
function toShown(name: string): MetricDefinition | null {
  const exact = toMetricDefinition(name);
  const base = toMetricDefinition(name.replace(/_(?:bucket|sum|count)$/u, ""));
  const found = exact?.kind === "histogram" ? null : (exact ?? base);
  return found?.scope === "run" ? null : found;
}

/** Everything wrong with the names, labels and values in an expression. */
function findStrange(expr: string): readonly string[] {
  const names = [...expr.matchAll(/\bregoose[_:][\w:]*/gu)].map(([name]) => name);
  const unknown = names.filter((name) => !RECORDED.includes(name) && toShown(name) === null);
  const strange = [...expr.matchAll(/\b(?<name>regoose\w+)\{(?<labels>[^}]*)\}/gu)].flatMap(
    ({ groups }) => {
      const known = toShown(groups?.["name"] ?? "")?.labels ?? {};
      return [...(groups?.["labels"] ?? "").matchAll(/(\w+)(=~?)"([^"]*)"/gu)]
        .filter(([, label = "", operator, value = ""]) => {
          if (["job", "instance", "le"].includes(label)) return false;
          const matches = (one: string): boolean =>
            operator === "=" ? one === value : new RegExp(`^(?:${value})$`, "u").test(one);
          return known[label]?.some(matches) !== true;
        })
        .map(([text]) => `${String(groups?.["name"])}: ${text}`);
    },
  );
  return [...unknown, ...strange];
}

describe("rules for Prometheus", () => {
  test("name metrics, labels and values that a server shows", () => {
    expect(RULES.flatMap(({ expr }) => findStrange(expr))).toEqual([]);
    expect(
      TESTS.flatMap(({ input_series }) =>
        input_series.flatMap(({ series }) => findStrange(series)),
      ),
    ).toEqual([]);
  });

  test("are noticed where they do not", () => {
    expect(
      findStrange('rate(regoose_nothing_total[5m]) > regoose_runs_total{outcome="good"}'),
    ).toEqual(["regoose_nothing_total", 'regoose_runs_total: outcome="good"']);
    expect(findStrange("regoose_sandboxes_active + regoose_run_duration_seconds")).toHaveLength(2);
  });

  test.each(ALERTS.map((rule) => [rule.alert, rule] as const))(
    "%s has a case in which it fires, one in which it does not, and a line in the runbook",
    (alert, { labels, annotations }) => {
      const cases = TESTS.flatMap(({ alert_rule_test }) => alert_rule_test).filter(
        ({ alertname }) => alertname === alert,
      );
      expect(cases.some(({ exp_alerts }) => exp_alerts.length > 0)).toBe(true);
      expect(cases.some(({ exp_alerts }) => exp_alerts.length === 0)).toBe(true);
      expect(labels?.["severity"]).toMatch(/^(?:page|ticket)$/u);
      expect(annotations?.["runbook"]).toBe(`docs/runbook.md#${String(alert).toLowerCase()}`);
      const runbook = readFileSync(join(ROOT, "docs", "runbook.md"), "utf8");
      expect(runbook).toMatch(new RegExp(`^## ${String(alert)}\\n\\n\\S`, "mu"));
    },
  );
});

describe("dashboards for Grafana", () => {
  test("ask for metrics that a server shows", () => {
    expect(QUERIES.length).toBeGreaterThan(30);
    expect(QUERIES.flatMap(findStrange)).toEqual([]);
  });

  test("show every one of them once", () => {
    const shown = (Object.entries(METRICS) as [string, MetricDefinition][])
      .filter(([, { scope }]) => scope !== "run")
      .map(([name]) => name);
    expect([...SHOWN_METRICS].sort()).toEqual(shown.sort());
  });
});
