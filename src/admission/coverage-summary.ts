import type { CoverageCount, CoverageMap, CoverageSummary } from "../contract/coverage.ts";

/** Adds up a coverage map as istanbul does: every statement, function and branch arm counts once. */
export function summarise(map: CoverageMap): CoverageSummary {
  const files = Object.values(map);
  return {
    statements: count(files.flatMap((file) => Object.values(file.s))),
    branches: count(files.flatMap((file) => Object.values(file.b).flat())),
    functions: count(files.flatMap((file) => Object.values(file.f))),
  };
}

function count(hits: readonly number[]): CoverageCount {
  return { covered: hits.filter((hit) => hit > 0).length, total: hits.length };
}
