import { spawnSync } from "node:child_process";
import { cpSync, mkdirSync, readdirSync, readFileSync, symlinkSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import libCoverage from "istanbul-lib-coverage";
import { createInstrumenter } from "istanbul-lib-instrument";
import {
  listSources,
  openTempFolder,
  PATHS,
  toTestFiles,
  type SampleSystem,
} from "./matrix-support.ts";

export type Percentages = Record<"statements" | "branches" | "functions", number>;

const known = new Map<SampleSystem, Percentages>();

const DUMP = `
import { writeFileSync } from "node:fs";
process.on("exit", () => {
  if (globalThis.__coverage__) {
    writeFileSync("coverage-" + process.pid + ".json", JSON.stringify(globalThis.__coverage__));
  }
});
`;

/**
 * What istanbul says of a sample when nothing of Regoose is involved: its own instrumenter on a copy,
 * and `node --test` as a user types it. Only our own fixtures run, so no sandbox is needed.
 */
export function measureIndependently(system: SampleSystem): Promise<Percentages> {
  const percentages = known.get(system) ?? measure(system);
  known.set(system, percentages);
  return Promise.resolve(percentages);
}

function measure(system: SampleSystem): Percentages {
  using folder = openTempFolder();
  cpSync(join(PATHS.fixtures, system), folder.path, { recursive: true });
  symlinkSync(join(PATHS.repository, "node_modules"), join(folder.path, "node_modules"));
  const instrumenter = createInstrumenter({
    esModules: system !== "commonjs",
    parserPlugins: system === "typescript" ? ["typescript"] : [],
    compact: false,
  });
  for (const { path, content } of listSources(system)) {
    writeFileSync(join(folder.path, path), instrumenter.instrumentSync(content, path));
  }
  const testFiles = toTestFiles(system, "node", new Date().getUTCFullYear());
  for (const [path, content] of Object.entries(testFiles)) {
    mkdirSync(dirname(join(folder.path, path)), { recursive: true });
    writeFileSync(join(folder.path, path), content);
  }
  writeFileSync(join(folder.path, "dump.mjs"), DUMP);
  const { stdout } = spawnSync(
    process.execPath,
    ["--import=./dump.mjs", "--test", ...Object.keys(testFiles)],
    { cwd: folder.path, encoding: "utf8", env: { PATH: process.env["PATH"], TZ: "UTC" } },
  );
  const map = libCoverage.createCoverageMap({});
  const dumps = readdirSync(folder.path).filter((name) => name.startsWith("coverage-"));
  if (dumps.length === 0) throw new Error(`the independent run counted nothing:\n${stdout}`);
  for (const dump of dumps) {
    map.merge(
      JSON.parse(readFileSync(join(folder.path, dump), "utf8")) as libCoverage.CoverageMapData,
    );
  }
  const summary = map.getCoverageSummary();
  return {
    statements: summary.statements.pct,
    branches: summary.branches.pct,
    functions: summary.functions.pct,
  };
}
