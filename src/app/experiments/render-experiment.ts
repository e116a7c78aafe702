import type { ExperimentReport, OutcomeReport, VariantCount } from "../../experiments/report.ts";
import type { SampleRatio } from "../../experiments/sample-ratio.ts";
import type { Estimate } from "../../experiments/intervals.ts";

const TITLES: Readonly<Record<OutcomeReport["unit"], string>> = {
  share: "mutation score, %",
  usd: "cost, US dollars paid for models",
  executions: "cost, executions of the search",
  ms: "time, s",
};

/** A report for a terminal. */
export function renderExperiment(report: ExperimentReport): string {
  const { name, flag, unit, control, variants, sampleRatio, outcomes, warnings } = report;
  const lines = [
    `experiment ${name}: ${flag}, dealt out by ${unit}, control ${control}`,
    "",
    ...toColumns([["variant", "share", "exposed", "with an outcome"], ...variants.map(toCountRow)]),
    "",
    `sample ratio of those exposed: ${toRatioText(sampleRatio.exposed)}`,
    `sample ratio of those with an outcome: ${toRatioText(sampleRatio.ended)}`,
    ...outcomes.flatMap((outcome) => ["", ...renderOutcome(outcome, report)]),
    ...(outcomes.length === 0 ? [] : ["", `method: ${report.method}`]),
    ...warnings.map((warning) => `warning: ${warning}`),
    report.isConclusive
      ? "the experiment has as many units as it asked for"
      : "the experiment is not conclusive",
  ];
  return `${lines.join("\n")}\n`;
}

function toCountRow({ variant, share, exposed, ended }: VariantCount): readonly string[] {
  return [variant, `${(100 * share).toFixed(1)} %`, String(exposed), String(ended)];
}

function toRatioText(ratio: SampleRatio): string {
  if (ratio.kind === "too-few")
    return `not checked, n = ${String(ratio.n)}: a variant has ${ratio.leastExpected.toFixed(1)} expected, and 5 are needed`;
  const { kind, chiSquare, degrees, p, n } = ratio;
  const verdict = kind === "ok" ? "as dealt out" : "MISMATCH";
  return `${verdict}, n = ${String(n)}: chi-square ${chiSquare.toFixed(2)} with ${String(degrees)} degrees of freedom, p = ${toP(p)}; a mismatch is p < 0.001`;
}

function toP(p: number): string {
  return p < 0.0001 ? p.toExponential(1) : p.toFixed(4);
}

function renderOutcome(
  { unit, variants, comparisons }: OutcomeReport,
  { control, isConclusive }: ExperimentReport,
): readonly string[] {
  const means = variants.map(({ variant, n, mean }) => [variant, String(n), toText(unit, mean)]);
  const differences = comparisons.map(({ variant, n, controlN, difference, excludesZero }) => [
    `${variant} - ${control}`,
    `${String(n)} + ${String(controlN)}`,
    toText(unit, difference),
    excludesZero && isConclusive ? "differs" : "no difference shown",
  ]);
  return toColumns([[TITLES[unit], "n", "mean and 95 % interval"], ...means, ...differences]);
}

const SHOW: Readonly<Record<OutcomeReport["unit"], (value: number) => string>> = {
  share: (value) => (100 * value).toFixed(1),
  usd: (value) => value.toFixed(4),
  executions: (value) => Math.round(value).toString(),
  ms: (value) => (value / 1_000).toFixed(1),
};

function toText(unit: OutcomeReport["unit"], { value, low, high }: Estimate): string {
  const show = SHOW[unit];
  return `${show(value)} [${show(low)}, ${show(high)}]`;
}

function toColumns(rows: readonly (readonly string[])[]): readonly string[] {
  const width = (column: number): number =>
    Math.max(...rows.map((row) => row[column]?.length ?? 0));
  return rows.map((row) =>
    `  ${row.map((cell, column) => cell.padEnd(width(column))).join("  ")}`.trimEnd(),
  );
}
