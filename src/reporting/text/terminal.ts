import type { CoverageCount } from "../../contract/coverage.ts";
import type { Finding } from "../../contract/candidate.ts";
import type { GenerateData, RunOutcome } from "../../contract/envelope.ts";
import {
  formatCount,
  formatDuration,
  formatNumber,
  KIND_TEXTS,
  plural,
  REASON_TEXTS,
  SHOWN_FINDINGS,
  toDetected,
  totalMs,
  toPercent,
  toWhyNot,
} from "../facts.ts";
import type { ReportInput } from "../report-input.ts";
import { cutTo, toPlain, wrapTo } from "./plain.ts";

type Paint = (text: string) => string;

/** What of picocolors the summary uses; without colour each answers its argument. */
export interface TerminalColors {
  readonly bold: Paint;
  readonly dim: Paint;
  readonly red: Paint;
  readonly green: Paint;
  readonly yellow: Paint;
  readonly cyan: Paint;
}

export interface TerminalOptions {
  /** Width of the terminal; used between 40 and 100. */
  readonly columns: number;
  readonly colors: TerminalColors;
}

/** The summary of a run for a terminal: plain lines, each within the width. */
export function renderTerminal(input: ReportInput, options: TerminalOptions): string {
  const width = Math.max(40, Math.min(100, options.columns)) - 2;
  const view: View = { width, colors: options.colors };
  const { data } = input.result;
  const sections = [
    renderHead(input, view),
    renderTests(data, view),
    renderMeasures(data, view),
    renderFindings(data, view),
    renderLeftOut(data, view),
    renderNotes(data, view),
    renderFoot(data, view),
  ].filter((lines) => lines.length > 0);
  const lines = sections.flatMap((section) => ["", ...section]);
  return `${lines.map((line) => (line === "" ? "" : `  ${line}`)).join("\n")}\n\n`;
}

interface View {
  readonly width: number;
  readonly colors: TerminalColors;
}

const OUTCOME_PAINT: Readonly<Record<RunOutcome, "green" | "yellow" | "red">> = {
  succeeded: "green",
  degraded: "yellow",
  failed: "red",
  cancelled: "yellow",
};

function renderHead({ result }: ReportInput, { width, colors }: View): readonly string[] {
  const { project, data } = result;
  const name = toPlain(
    project.version === null ? project.name : `${project.name} ${project.version}`,
  );
  const shown = cutTo(name, width - data.outcome.length - 12);
  const gap = " ".repeat(Math.max(2, width - 9 - shown.length - data.outcome.length));
  const outcome = colors[OUTCOME_PAINT[data.outcome]](data.outcome);
  return [
    `${colors.bold("Regoose")}  ${colors.bold(shown)}${gap}${outcome}`,
    colors.dim("─".repeat(width)),
  ];
}

function renderTests(data: GenerateData, view: View): readonly string[] {
  const { suite, candidates } = data;
  const rejected = Object.values(candidates.rejected).reduce((sum, count) => sum + count, 0);
  const reasons = Object.entries(candidates.rejected)
    .sort(([, a], [, b]) => b - a)
    .slice(0, 3)
    .map(([reason, count]) => `${REASON_TEXTS[reason] ?? reason}: ${formatNumber(count)}`);
  const kept =
    suite.tests === 0
      ? "none kept"
      : `${formatNumber(suite.tests)} kept in ${plural(suite.files.length, "file")}, each seen red on a mutant`;
  const rows = [
    label("Tests", kept, view, view.colors.bold),
    ...(suite.tests === 0
      ? []
      : [label("", toPlain(`${suite.directory}/`), view, view.colors.cyan)]),
    label(
      "",
      `${formatNumber(candidates.proposed)} proposed, ${formatNumber(rejected)} rejected`,
      view,
      view.colors.dim,
    ),
  ];
  return reasons.length === 0
    ? rows
    : [...rows, ...reasons.map((reason) => label("", `· ${reason}`, view, view.colors.dim))];
}

const LABEL_WIDTH = 12;

function label(
  name: string,
  text: string,
  { width, colors }: View,
  paint: Paint = (same) => same,
): string {
  const shown = cutTo(text, width - LABEL_WIDTH);
  return `${colors.dim(name.padEnd(LABEL_WIDTH))}${paint(shown)}`;
}

function renderMeasures(data: GenerateData, view: View): readonly string[] {
  const { baseline, suite } = data.coverage;
  const before = data.mutation.baseline;
  const counts = data.mutation.suite;
  const rows = [
    measure("Statements", baseline?.statements ?? null, suite.statements, view),
    measure("Branches", baseline?.branches ?? null, suite.branches, view),
    measure("Functions", baseline?.functions ?? null, suite.functions, view),
    measure("Mutants", before === null ? null : toDetected(before), toDetected(counts), view),
  ];
  const rest = [
    [counts.survived, "survived"],
    [counts.notCovered, "not covered"],
    [counts.loadTime, "run only while loading"],
    [counts.notRun, "not run"],
  ] as const;
  const named = rest
    .filter(([count]) => count > 0)
    .map(([count, text]) => `${formatNumber(count)} ${text}`);
  return named.length === 0 ? rows : [...rows, label("", named.join(", "), view, view.colors.dim)];
}

function measure(
  name: string,
  before: CoverageCount | null,
  count: CoverageCount,
  view: View,
): string {
  const { colors, width } = view;
  const percent = toPercent(count);
  const paint =
    percent === null
      ? colors.dim
      : percent >= 80
        ? colors.green
        : percent >= 50
          ? colors.yellow
          : colors.red;
  const isNarrow = width < 50;
  const from = before === null || isNarrow ? "" : `${formatCount(before)} → `;
  const text = `${from.padStart(isNarrow ? 0 : 10)}${formatCount(count).padStart(7)}`;
  const share = `${formatNumber(count.covered)}/${formatNumber(count.total)}`;
  const room = width - LABEL_WIDTH - text.length - share.length - 4;
  const bar =
    room >= 10 && percent !== null ? renderBar(percent, Math.min(24, room), paint, colors.dim) : "";
  return `${colors.dim(name.padEnd(LABEL_WIDTH))}${paint(text)}  ${bar}${bar === "" ? "" : "  "}${colors.dim(share)}`;
}

function renderBar(percent: number, width: number, full: Paint, empty: Paint): string {
  const filled = Math.floor((percent / 100) * width);
  return `${full("━".repeat(filled))}${empty("─".repeat(width - filled))}`;
}

function renderFindings(data: GenerateData, view: View): readonly string[] {
  const { findings } = data;
  const { colors } = view;
  if (findings.length === 0) return [];
  const shown = findings.slice(0, SHOWN_FINDINGS);
  const more = findings.length - shown.length;
  return [
    colors.bold(colors.yellow(plural(findings.length, "suspected bug"))) +
      (view.width < 50 ? "" : colors.dim(" (not part of the suite)")),
    ...shown.flatMap((finding, index) => renderFinding(finding, index + 1, view)),
    ...(more > 0 ? [colors.dim(`… and ${more} more in the report`)] : []),
  ];
}

function renderFinding(
  finding: Finding,
  number: number,
  { width, colors }: View,
): readonly string[] {
  const kind = KIND_TEXTS[finding.kind] ?? finding.kind;
  const where = cutTo(toPlain(finding.where), width - kind.length - 6);
  return [
    `${colors.yellow(`${number}.`)} ${kind}  ${colors.cyan(where)}`,
    ...wrapTo(toPlain(finding.summary), width - 3)
      .slice(0, 3)
      .map((line) => `   ${line}`),
  ];
}

function renderLeftOut({ degradations }: GenerateData, view: View): readonly string[] {
  if (degradations.length === 0) return [];
  return [view.colors.bold("Left out"), ...toList(degradations, view)];
}

function renderNotes({ notes }: GenerateData, view: View): readonly string[] {
  if (notes.length === 0) return [];
  return ["Notes", ...toList(notes, view)].map((line) => view.colors.dim(line));
}

function toList(sentences: readonly string[], { width }: View): readonly string[] {
  return sentences.flatMap((sentence) =>
    wrapTo(toPlain(sentence), width - 2).map(
      (line, index) => `${index === 0 ? "· " : "  "}${line}`,
    ),
  );
}

function renderFoot(data: GenerateData, view: View): readonly string[] {
  const { colors, width } = view;
  const facts = [
    `seed ${data.seed}`,
    `${toPlain(data.runner)} runner`,
    `sandbox ${data.sandbox.level} (${toPlain(data.sandbox.backend)})`,
    plural(data.executions, "execution"),
    formatDuration(totalMs(data)),
    ...(data.reproducible ? [] : [`not reproducible: ${toWhyNot(data)}`]),
  ];
  const lines = joinFacts(facts, width).map((line) => colors.dim(line));
  if (data.suite.tests === 0) return lines;
  return [
    ...lines,
    `${colors.dim("Prove again:  ")}${cutTo(`regoose verify ${toPlain(data.suite.directory)}`, width - 14)}`,
    `${colors.dim("Full report:  ")}${cutTo(`regoose report ${toPlain(data.runId)} --format html`, width - 14)}`,
  ];
}

/** Facts side by side, a line never ending or starting with the dot between them. */
function joinFacts(facts: readonly string[], width: number): readonly string[] {
  const lines: string[] = [];
  for (const fact of facts) {
    const last = lines.at(-1);
    if (last !== undefined && last.length + 3 + fact.length <= width) {
      lines[lines.length - 1] = `${last} · ${fact}`;
    } else {
      lines.push(cutTo(fact, width));
    }
  }
  return lines;
}
