import type { CoverageCount, CoverageMap, FileCoverage } from "../../contract/coverage.ts";
import { toLineHits } from "../facts.ts";
import type { ReportInput } from "../report-input.ts";
import { element } from "./xml.ts";

/** Cobertura's format, as `coverage-04.dtd` declares it. Paths are relative to the project. */
export function renderCobertura(input: ReportInput): string {
  const { map } = input.admission.coverage;
  const totals = Object.values(map).map(countFile);
  const root = element(
    "coverage",
    {
      "line-rate": rate(sum(totals.map((total) => total.lines))),
      "branch-rate": rate(sum(totals.map((total) => total.branches))),
      "lines-covered": sum(totals.map((total) => total.lines)).covered,
      "lines-valid": sum(totals.map((total) => total.lines)).total,
      "branches-covered": sum(totals.map((total) => total.branches)).covered,
      "branches-valid": sum(totals.map((total) => total.branches)).total,
      complexity: 0,
      version: "0.1",
      timestamp: toTimestamp(input.result.data.runId),
    },
    ["<sources>\n  <source>.</source>\n</sources>", element("packages", {}, renderPackages(map))],
  );
  return `<?xml version="1.0" encoding="UTF-8"?>
<!DOCTYPE coverage SYSTEM "http://cobertura.sourceforge.net/xml/coverage-04.dtd">
${root}
`;
}

/** Run ids start with the time of the run, `20261124-081500-…` in UTC; milliseconds since the epoch. */
function toTimestamp(runId: string): number {
  const match = /^(\d{4})(\d{2})(\d{2})-(\d{2})(\d{2})(\d{2})/.exec(runId);
  if (match === null) return 0;
  const [year = 0, month = 1, day = 1, hour = 0, minute = 0, second = 0] = match
    .slice(1)
    .map(Number);
  return Date.UTC(year, month - 1, day, hour, minute, second);
}

/** One package a folder. */
function renderPackages(map: CoverageMap): readonly string[] {
  const folders = new Map<string, string[]>();
  for (const path of Object.keys(map).sort()) {
    const folder = path.includes("/") ? path.slice(0, path.lastIndexOf("/")) : ".";
    folders.set(folder, [...(folders.get(folder) ?? []), path]);
  }
  return [...folders].map(([folder, paths]) => {
    const files = paths.flatMap((path) => map[path] ?? []);
    const totals = files.map(countFile);
    return element(
      "package",
      {
        name: folder,
        "line-rate": rate(sum(totals.map((total) => total.lines))),
        "branch-rate": rate(sum(totals.map((total) => total.branches))),
        complexity: 0,
      },
      [
        element(
          "classes",
          {},
          paths.flatMap((path) => {
            const file = map[path];
            return file === undefined ? [] : [renderClass(path, file)];
          }),
        ),
      ],
    );
  });
}

function renderClass(path: string, file: FileCoverage): string {
  const { lines, branches } = countFile(file);
  return element(
    "class",
    {
      name: path.slice(path.lastIndexOf("/") + 1),
      filename: path,
      "line-rate": rate(lines),
      "branch-rate": rate(branches),
      complexity: 0,
    },
    [element("methods", {}, renderMethods(file)), element("lines", {}, renderLines(file))],
  );
}

function renderMethods(file: FileCoverage): readonly string[] {
  return Object.entries(file.fnMap).map(([id, fn]) => {
    const hits = file.f[id] ?? 0;
    return element(
      "method",
      {
        name: fn.name,
        signature: "()V",
        "line-rate": hits > 0 ? 1 : 0,
        "branch-rate": hits > 0 ? 1 : 0,
        complexity: 0,
      },
      [element("lines", {}, [element("line", { number: fn.decl.start.line, hits })])],
    );
  });
}

function renderLines(file: FileCoverage): readonly string[] {
  const arms = new Map<number, number[]>();
  for (const [id, branch] of Object.entries(file.branchMap)) {
    const line = branch.line || branch.loc.start.line;
    arms.set(line, [...(arms.get(line) ?? []), ...(file.b[id] ?? [])]);
  }
  return [...toLineHits(file)].map(([number, hits]) => {
    const onLine = arms.get(number);
    if (onLine === undefined || onLine.length === 0)
      return element("line", { number, hits, branch: "false" });
    const taken = onLine.filter((hit) => hit > 0).length;
    const share = Math.floor((100 * taken) / onLine.length);
    return element("line", {
      number,
      hits,
      branch: "true",
      "condition-coverage": `${share}% (${taken}/${onLine.length})`,
    });
  });
}

function countFile(file: FileCoverage): {
  readonly lines: CoverageCount;
  readonly branches: CoverageCount;
} {
  const hits = [...toLineHits(file).values()];
  const arms = Object.values(file.b).flat();
  return {
    lines: { covered: hits.filter((hit) => hit > 0).length, total: hits.length },
    branches: { covered: arms.filter((hit) => hit > 0).length, total: arms.length },
  };
}

function sum(counts: readonly CoverageCount[]): CoverageCount {
  return counts.reduce(
    (total, count) => ({
      covered: total.covered + count.covered,
      total: total.total + count.total,
    }),
    { covered: 0, total: 0 },
  );
}

/** Cobertura calls the rate of nothing 1. */
function rate(count: CoverageCount): number {
  return count.total === 0 ? 1 : Math.floor((10_000 * count.covered) / count.total) / 10_000;
}
