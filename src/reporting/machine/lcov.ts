import type { CoverageMap, FileCoverage } from "../../contract/coverage.ts";
import { toLineHits } from "../facts.ts";

/** A tracefile as `geninfo(1)` describes it; paths are project-relative. */
export function renderLcov(map: CoverageMap): string {
  return Object.keys(map)
    .sort()
    .map((path) => {
      const file = map[path];
      return file === undefined ? "" : renderFile(path, file);
    })
    .join("");
}

function renderFile(path: string, file: FileCoverage): string {
  const functions = Object.entries(file.fnMap);
  const lines = [...toLineHits(file)];
  const arms = Object.entries(file.branchMap).flatMap(([id, branch]) =>
    (file.b[id] ?? []).map((hits, arm) => ({
      line: branch.line || branch.loc.start.line,
      id,
      arm,
      hits,
    })),
  );
  const records = [
    "TN:",
    `SF:${oneLine(path)}`,
    ...functions.map(([, fn]) => `FN:${fn.decl.start.line},${oneLine(fn.name)}`),
    `FNF:${functions.length}`,
    `FNH:${functions.filter(([id]) => (file.f[id] ?? 0) > 0).length}`,
    ...functions.map(([id, fn]) => `FNDA:${file.f[id] ?? 0},${oneLine(fn.name)}`),
    ...lines.map(([line, hits]) => `DA:${line},${hits}`),
    `LF:${lines.length}`,
    `LH:${lines.filter(([, hits]) => hits > 0).length}`,
    ...arms.map(({ line, id, arm, hits }) => `BRDA:${line},${id},${arm},${hits}`),
    `BRF:${arms.length}`,
    `BRH:${arms.filter(({ hits }) => hits > 0).length}`,
    "end_of_record",
  ];
  return `${records.join("\n")}\n`;
}

function oneLine(text: string): string {
  // eslint-disable-next-line no-control-regex -- a record is one line
  return text.replace(/[\u0000-\u001f\u2028\u2029]+/g, " ");
}
