import type { Finding } from "../../contract/candidate.ts";
import type { CoverageCount } from "../../contract/coverage.ts";
import type { GenerateData } from "../../contract/envelope.ts";
import type { MutantVerdict } from "../../contract/admission.ts";
import {
  formatCount,
  formatDuration,
  formatNumber,
  KIND_TEXTS,
  plural,
  REASON_TEXTS,
  SHOWN_FINDINGS,
  toDetected,
  toFileRows,
  totalMs,
} from "../facts.ts";
import type { ReportInput } from "../report-input.ts";
import { toSuiteTests } from "../suite-tests.ts";
import { toPlain } from "./plain.ts";

const MAX_TESTS = 100;
const MAX_SURVIVORS = 20;
const MAX_FILES = 30;

/** A summary fit for a pull-request comment: what changed, what looks wrong, details folded away. */
export function renderMarkdown(input: ReportInput): string {
  const { data } = input.result;
  const parts = [
    renderHead(input),
    renderTable(data),
    ...renderLeftOut(data),
    ...renderFindings(data.findings),
    ...renderFiles(input),
    ...renderTests(input),
    ...renderSurvivors(input.admission.mutants, "survived"),
    ...renderSurvivors(input.admission.patches ?? [], "proposed by a model survived"),
    ...renderRejections(data),
    ...renderNotes(data),
    renderFoot(data),
  ];
  return `${parts.join("\n\n")}\n`;
}

const OUTCOME_MARKS: Readonly<Record<string, string>> = {
  succeeded: "✅",
  degraded: "⚠️",
  failed: "❌",
  cancelled: "⏹️",
};

function renderHead({ result }: ReportInput): string {
  const { data, project } = result;
  const name = project.version === null ? project.name : `${project.name} ${project.version}`;
  const mark = OUTCOME_MARKS[data.outcome] ?? "";
  const kept =
    data.suite.tests === 0
      ? "**No test was kept.**"
      : `**${plural(data.suite.tests, "test")} kept** in ${toCode(`${data.suite.directory}/`)}: each one passes, is stable, was seen red on a mutant and adds something.`;
  return `## ${mark} Regoose: ${escapeMarkdown(name)}\n\n${kept}`;
}

function renderTable(data: GenerateData): string {
  const { baseline, suite } = data.coverage;
  const before = data.mutation.baseline;
  const row = (name: string, from: CoverageCount | null, count: CoverageCount): string =>
    `| ${name} | ${from === null ? "–" : formatCount(from)} | **${formatCount(count)}** | ${formatNumber(count.covered)} of ${formatNumber(count.total)} |`;
  return [
    "| | Before | This suite alone | |",
    "|---|--:|--:|--:|",
    row("Statements", baseline?.statements ?? null, suite.statements),
    row("Branches", baseline?.branches ?? null, suite.branches),
    row("Functions", baseline?.functions ?? null, suite.functions),
    row(
      "Mutants detected",
      before === null ? null : toDetected(before),
      toDetected(data.mutation.suite),
    ),
  ].join("\n");
}

function renderLeftOut(data: GenerateData): readonly string[] {
  if (data.degradations.length === 0) return [];
  return [
    `> [!WARNING]\n> Left out:\n${data.degradations.map((reason) => `> - ${escapeMarkdown(reason)}`).join("\n")}`,
  ];
}

function renderNotes({ notes }: GenerateData): readonly string[] {
  if (notes.length === 0) return [];
  return [
    `<details><summary>Notes</summary>\n\n${notes.map((note) => `- ${escapeMarkdown(note)}`).join("\n")}\n\n</details>`,
  ];
}

function renderFindings(findings: readonly Finding[]): readonly string[] {
  if (findings.length === 0) return [];
  const shown = findings.slice(0, SHOWN_FINDINGS);
  const more = findings.length - shown.length;
  return [
    `### 🔎 ${plural(findings.length, "suspected bug")}`,
    ...shown.map(renderFinding),
    ...(more > 0 ? [`…and ${more} more in the HTML report.`] : []),
  ];
}

function renderFinding(finding: Finding): string {
  const { evidence } = finding;
  const reasons = (evidence.reasoning ?? []).map((line) => `\n- Because: ${escapeMarkdown(line)}`);
  return [
    `<details>\n<summary><b>${escapeMarkdown(KIND_TEXTS[finding.kind] ?? finding.kind)}</b> at ${escapeMarkdown(finding.where)}: ${escapeMarkdown(finding.summary)}</summary>`,
    `- Observed: ${toCode(evidence.observed)}\n- Expected: ${escapeMarkdown(evidence.expected)}\n- Reproduced ${plural(evidence.reproduced, "time")} in fresh processes${reasons.join("")}`,
    toFence(evidence.test, "js"),
    "</details>",
  ].join("\n\n");
}

function renderFiles(input: ReportInput): readonly string[] {
  const rows = toFileRows(input.admission.coverage.map);
  if (rows.length < 2) return [];
  const lines = rows
    .slice(0, MAX_FILES)
    .map(
      (row) =>
        `| ${toCell(row.path)} | ${formatCount(row.statements)} | ${formatCount(row.branches)} | ${formatCount(row.functions)} |`,
    );
  const table = [
    "| File | Statements | Branches | Functions |",
    "|---|--:|--:|--:|",
    ...lines,
  ].join("\n");
  return [
    fold(`Coverage of ${plural(rows.length, "file")}`, withRest(table, rows.length - lines.length)),
  ];
}

function renderTests(input: ReportInput): readonly string[] {
  const tests = toSuiteTests(input);
  if (tests.length === 0) return [];
  const lines = tests
    .slice(0, MAX_TESTS)
    .map(
      ({ card, titles }) =>
        `| ${escapeMarkdown(titles.join(" › "))} | ${card.kills.length} | ${card.onlyCovers.length} | ${card.reruns}/${card.reruns} |`,
    );
  const table = [
    "| Test | Kills | Branches only it covers | Stable runs |",
    "|---|--:|--:|--:|",
    ...lines,
  ].join("\n");
  return [
    fold(
      `${plural(tests.length, "test")} with proof`,
      withRest(table, tests.length - lines.length),
    ),
  ];
}

function renderSurvivors(mutants: readonly MutantVerdict[], what: string): readonly string[] {
  const survivors = mutants.filter((verdict) => verdict.status === "survived");
  if (survivors.length === 0) return [];
  const lines = survivors.slice(0, MAX_SURVIVORS).map(({ mutant }) => {
    const place = `${mutant.file}:${mutant.range.start.line}`;
    return `- ${toCode(place)} ${escapeMarkdown(mutant.mutator)}: ${toCode(cut(mutant.replacement, 80))}`;
  });
  return [
    fold(
      `${plural(survivors.length, "mutant")} ${what}`,
      withRest(lines.join("\n"), survivors.length - lines.length),
    ),
  ];
}

function renderRejections(data: GenerateData): readonly string[] {
  const reasons = Object.entries(data.candidates.rejected).sort(([, a], [, b]) => b - a);
  if (reasons.length === 0) return [];
  const lines = reasons.map(
    ([reason, count]) => `- ${formatNumber(count)} × ${REASON_TEXTS[reason] ?? reason}`,
  );
  return [
    fold(
      `${plural(data.candidates.proposed - data.candidates.admitted, "candidate")} not kept`,
      lines.join("\n"),
    ),
  ];
}

function renderFoot(data: GenerateData): string {
  const verify =
    data.suite.tests === 0
      ? ""
      : ` Prove it again: ${toCode(`regoose verify ${data.suite.directory}`)}.`;
  return `<sub>Run ${toCode(data.runId)}, seed ${data.seed}, ${data.engine} engine, ${escapeMarkdown(data.runner)} runner, sandbox ${data.sandbox.level} (${escapeMarkdown(data.sandbox.backend)}), ${plural(data.executions, "execution")}, ${formatDuration(totalMs(data))}.${verify}</sub>`;
}

function fold(title: string, body: string): string {
  return `<details>\n<summary>${title}</summary>\n\n${body}\n\n</details>`;
}

function withRest(body: string, rest: number): string {
  return rest > 0 ? `${body}\n\n…and ${formatNumber(rest)} more.` : body;
}

function cut(text: string, length: number): string {
  return text.length > length ? `${text.slice(0, length - 1)}…` : text;
}

/**
 * A text that shows as it stands: markup, mentions, issue numbers and links of the target mean
 * nothing in a comment.
 */
export function escapeMarkdown(text: string): string {
  return toPlain(text)
    .replace(/[&<>\\`*_{}[\]#|~:@$]/g, (char) => {
      const entity = `&#${char.charCodeAt(0)};`;
      // GitHub looks for mentions and references after it resolved entities; a comment parts them.
      return char === "@" || char === "#" ? `${entity}<!-- -->` : entity;
    })
    .replace(/www\./gi, "www&#46;");
}

/** A code span that its content cannot end. */
export function toCode(text: string): string {
  const plain = toPlain(text);
  const longest = Math.max(0, ...[...plain.matchAll(/`+/g)].map(([run]) => run.length));
  const fence = "`".repeat(longest + 1);
  const pad = plain.startsWith("`") || plain.endsWith("`") ? " " : "";
  return plain === "" ? "` `" : `${fence}${pad}${plain}${pad}${fence}`;
}

/** A code span within a table cell, where even code must not hold a bare pipe. */
function toCell(text: string): string {
  return toCode(text).replaceAll("|", "\\|");
}

/** A code block that its content cannot end. */
export function toFence(text: string, language: string): string {
  const longest = Math.max(2, ...[...text.matchAll(/`+/g)].map(([run]) => run.length));
  const fence = "`".repeat(longest + 1);
  const lines = text
    .trimEnd()
    .split(/\r?\n/)
    .map((line) => line.split("\t").map(toPlain).join("\t"));
  return `${fence}${language}\n${lines.join("\n")}\n${fence}`;
}
