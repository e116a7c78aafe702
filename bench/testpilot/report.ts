import { execFileSync } from "node:child_process";
import { cpus, release, totalmem, type as systemName } from "node:os";

import type { RunsCheck } from "./checks.ts";
import type { Count, Figures, Measurement } from "./measure.ts";
import { PUBLISHED_MEDIANS } from "./packages.ts";
import type { StrykerResult } from "./stryker.ts";

/** One generate run and what was measured of it from outside. */
export interface BenchRow {
  readonly package: string;
  readonly version: string;
  readonly seed: number;
  readonly seconds: number;
  /** Null when there was no suite to measure; it counts as 0 %. */
  readonly measured: Measurement | null;
  readonly problem: string | null;
  readonly outcome: string | null;
  readonly exitCode: number | null;
  readonly durationMs: number;
  readonly tests: number;
  /** As the command reported them: coverage, mutants, losses. Not used for the figures of the table. */
  readonly reported: unknown;
  readonly lostInWriting: { readonly admitted: number; readonly lost: number } | null;
  readonly runsCheck: RunsCheck | null;
  readonly stryker: StrykerResult | null;
}

export interface BenchReport {
  readonly startedAt: string;
  readonly commit: string;
  readonly machine: string;
  readonly node: string;
  readonly arguments: readonly string[];
  readonly seeds: readonly number[];
  readonly times: readonly number[];
  /** Package → figures of loading its main entry alone. */
  readonly loadOnly: Readonly<Record<string, Figures>>;
  readonly rows: readonly BenchRow[];
}

/** Commit of the checkout, with a mark when it holds uncommitted changes. */
export function readCommit(root: string): string {
  const git = (...args: string[]): string =>
    execFileSync("git", args, { cwd: root, encoding: "utf8" }).trim();
  try {
    const isDirty = git("status", "--porcelain", "--untracked-files=no") !== "";
    return git("rev-parse", "--short=12", "HEAD") + (isDirty ? " with local changes" : "");
  } catch {
    return "unknown";
  }
}

export function describeMachine(): string {
  const [first] = cpus();
  const gigabytes = (totalmem() / 2 ** 30).toFixed(0);
  return `${String(cpus().length)} × ${first?.model ?? "unknown"}, ${gigabytes} GiB, ${systemName()} ${release()}`;
}

/** The table as Markdown; what is printed and what is stored are the same text. */
export function toMarkdown(report: BenchReport): string {
  const longest = report.times.at(-1) ?? 0;
  return [
    "# TestPilot's packages",
    "",
    `Started ${report.startedAt} on commit ${report.commit}; ${report.machine}; Node ${report.node}.`,
    `Seeds ${report.seeds.join(", ")}; \`--max-time\` ${report.times.map((time) => `${String(time)}s`).join(", ")}.`,
    "",
    "Statements and branches are plain istanbul counters over the package's files that the written suite loads,",
    "measured in a fresh process outside of Regoose. A package without a suite counts as 0 %. TestPilot and Nessie",
    "were measured on 25 packages at other commits, with other denominators; only their medians are quoted.",
    "",
    ...toSummary(report),
    "",
    ...toPackageTable(report, longest),
    ...toLosses(report, longest),
    ...toRunsChecks(report),
    ...toStryker(report),
    "",
  ].join("\n");
}

function toSummary(report: BenchReport): string[] {
  const lines = [
    "| system | statements | branches | packages without a suite |",
    "|---|---|---|---|",
  ];
  for (const time of report.times) {
    for (const seed of report.seeds) {
      const rows = report.rows.filter((row) => row.seconds === time && row.seed === seed);
      if (rows.length === 0) continue;
      const missing = rows.filter((row) => row.measured === null).length;
      lines.push(
        `| Regoose, ${String(time)} s, seed ${String(seed)}, median of ${String(rows.length)} | ${toMedian(rows, "statements")} | ${toMedian(rows, "branches")} | ${String(missing)} |`,
      );
    }
  }
  for (const { system, statements, branches } of PUBLISHED_MEDIANS) {
    lines.push(
      `| ${system}, published median | ${statements.toFixed(1)} % | ${branches.toFixed(1)} % | |`,
    );
  }
  return lines;
}

function toPackageTable(report: BenchReport, time: number): string[] {
  const lines = [
    `## By package, ${String(time)} s, median of ${String(report.seeds.length)} seed(s)`,
    "",
    "| package | load only | statements | branches | tests | red in our run | wall time | remark |",
    "|---|---|---|---|---|---|---|---|",
  ];
  for (const name of new Set(report.rows.map((row) => row.package))) {
    const rows = report.rows.filter((row) => row.package === name && row.seconds === time);
    const loadOnly = report.loadOnly[name];
    const cells = [
      `${name} ${rows[0]?.version ?? ""}`,
      loadOnly === undefined ? "" : `${percent(loadOnly.statements).toFixed(1)} %`,
      toMedian(rows, "statements"),
      toMedian(rows, "branches"),
      String(median(rows.map((row) => row.tests))),
      String(rows.reduce((sum, row) => sum + (row.measured?.run.failed.length ?? 0), 0)),
      `${(median(rows.map((row) => row.durationMs)) / 1000).toFixed(0)} s`,
      rows
        .flatMap((row) => toRemarks(row))
        .join("; ")
        .replaceAll("|", "\\|")
        .replace(/\s+/g, " ")
        .slice(0, 200),
    ];
    lines.push(`| ${cells.join(" | ")} |`);
  }
  return lines;
}

function toRemarks(row: BenchRow): string[] {
  const remarks = [row.problem, row.measured?.run.problem ?? null].filter((each) => each !== null);
  if (row.outcome !== null && row.outcome !== "succeeded") remarks.push(row.outcome);
  return remarks;
}

function toLosses(report: BenchReport, time: number): string[] {
  const rows = report.rows.filter((row) => row.seconds === time && row.lostInWriting !== null);
  if (rows.length === 0) return [];
  const admitted = rows.reduce((sum, row) => sum + (row.lostInWriting?.admitted ?? 0), 0);
  const lost = rows.reduce((sum, row) => sum + (row.lostInWriting?.lost ?? 0), 0);
  const shares = rows.map((row) => {
    const { admitted: all, lost: gone } = row.lostInWriting ?? { admitted: 0, lost: 0 };
    return { row, share: all === 0 ? 0 : gone / all };
  });
  const worst = shares.sort((a, b) => b.share - a.share)[0];
  const total = admitted === 0 ? 0 : lost / admitted;
  return [
    "",
    `Lost in writing (as the command reports it): ${String(lost)} of ${String(admitted)} tests, ${(total * 100).toFixed(1)} %; ` +
      `worst ${worst?.row.package ?? ""} with ${((worst?.share ?? 0) * 100).toFixed(1)} %.`,
  ];
}

function toRunsChecks(report: BenchReport): string[] {
  const rows = report.rows.filter((row) => row.runsCheck !== null);
  if (rows.length === 0) return [];
  return [
    "",
    "## Repeated runs: three time zones, two dates, random order, then verify on a fresh copy",
    "",
    "| package | seed | green | verify exits | first failure |",
    "|---|---|---|---|---|",
    ...rows.map(({ package: name, seed, runsCheck }) => {
      const { green = 0, runs = 0, verifyExitCode = null, failures = [] } = runsCheck ?? {};
      return `| ${name} | ${String(seed)} | ${String(green)} of ${String(runs)} | ${String(verifyExitCode)} | ${(failures[0] ?? "").replaceAll("|", "\\|")} |`;
    }),
  ];
}

function toStryker(report: BenchReport): string[] {
  const rows = report.rows.filter((row) => row.stryker !== null);
  if (rows.length === 0) return [];
  return [
    "",
    "## StrykerJS 10.0.0 (tap runner, no time limit), (killed + timed out) / all",
    "",
    "| package | seed | StrykerJS | Regoose says | mutants | time | remark |",
    "|---|---|---|---|---|---|---|",
    ...rows.map(({ package: name, seed, stryker }) => {
      const own = stryker?.ownScore ?? null;
      const score = stryker?.score ?? null;
      const seconds = ((stryker?.durationMs ?? 0) / 1000).toFixed(0);
      const remark = stryker?.problem ?? JSON.stringify(stryker?.counts ?? {});
      return `| ${name} | ${String(seed)} | ${toCell(score)} | ${toCell(own)} | ${String(stryker?.total ?? 0)} | ${seconds} s | ${remark.replace(/\s+/g, " ")} |`;
    }),
  ];
}

function toMedian(rows: readonly BenchRow[], kind: "statements" | "branches"): string {
  return toCell(
    median(rows.map((row) => (row.measured === null ? 0 : percent(row.measured.figures[kind])))),
  );
}

function toCell(value: number | null): string {
  return value === null ? "–" : `${value.toFixed(1)} %`;
}

/** Istanbul's convention: nothing to cover is covered. A suite that loads nothing covers nothing. */
function percent({ covered, total }: Count): number {
  return total === 0 ? 0 : (covered / total) * 100;
}

function median(values: readonly number[]): number {
  if (values.length === 0) return 0;
  const sorted = [...values].sort((a, b) => a - b);
  const middle = Math.floor(sorted.length / 2);
  const upper = sorted[middle] ?? 0;
  return sorted.length % 2 === 1 ? upper : ((sorted[middle - 1] ?? 0) + upper) / 2;
}
