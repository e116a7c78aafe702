import { readdir, readFile, writeFile } from "node:fs/promises";
import { join, relative } from "node:path";

import libCoverage from "istanbul-lib-coverage";
import { createInstrumenter } from "istanbul-lib-instrument";

import { loadMain, runSuite, type SuiteRun, type WrittenSuite } from "./suite-run.ts";

export interface Count {
  readonly covered: number;
  readonly total: number;
}

/** Plain istanbul figures over the files that were loaded. */
export interface Figures {
  readonly statements: Count;
  readonly branches: Count;
  readonly functions: Count;
}

export interface Measurement {
  readonly run: Omit<SuiteRun, "coverage">;
  readonly figures: Figures;
}

/**
 * Measures a written suite by itself, as nyc would without `--all`: istanbul's counters in every
 * source file of the package, the suite run in fresh processes in a box of the bench's own, and the
 * files that were loaded as denominator. Shares no code with the product.
 */
export async function measureSuite(suite: WrittenSuite): Promise<Measurement> {
  const { coverage, ...run } = await runSuite(suite, {
    prepare: (workFolder) => instrumentFolder(workFolder, suite.testFiles),
  });
  return { run, figures: toFigures(coverage) };
}

/** The figures of a process that loads the main entry and calls nothing. */
export async function measureLoadOnly(project: string): Promise<Figures> {
  return toFigures(await loadMain(project, (workFolder) => instrumentFolder(workFolder, [])));
}

const SOURCE_FILE = /\.(?:[cm]?js|jsx|[cm]?ts|tsx)$/;
/** The default exclusions of @istanbuljs/schema that can match in a published package. */
const NYC_EXCLUDED = [
  /^coverage\//,
  /\.d\.ts$/,
  /^tests?\//,
  /^test(?:-[^/]*)?\.(?:[cm]?js|ts|tsx|jsx)$/,
  /[.-]test\.(?:[cm]?js|ts|tsx|jsx)$/,
  /(?:^|\/)__tests__\//,
  /(?:^|\/)(?:ava|babel|nyc|jest|karma|rollup|webpack|vite|vitest)\.config\.[cm]?[jt]s$/,
  /(?:^|\/)\.(?:eslint|mocha)rc\.c?js$/,
];

async function instrumentFolder(workFolder: string, testFiles: readonly string[]): Promise<void> {
  const tests = new Set(testFiles);
  for (const path of await listSources(workFolder, workFolder)) {
    const name = relative(workFolder, path);
    if (tests.has(name) || NYC_EXCLUDED.some((pattern) => pattern.test(name))) continue;
    const instrumented = instrument(await readFile(path, "utf8"), `/work/${name}`);
    if (instrumented !== null) await writeFile(path, instrumented);
  }
}

async function listSources(folder: string, root: string): Promise<string[]> {
  const found: string[] = [];
  for (const entry of await readdir(folder, { withFileTypes: true })) {
    const path = join(folder, entry.name);
    if (entry.isDirectory()) {
      if (entry.name === "node_modules" || entry.name.startsWith(".")) continue;
      found.push(...(await listSources(path, root)));
    } else if (entry.isFile() && SOURCE_FILE.test(entry.name)) {
      found.push(path);
    }
  }
  return found.sort();
}

/** Null for a file that is neither module nor script; nyc leaves such files alone too. */
function instrument(code: string, path: string): string | null {
  const parserPlugins = /tsx?$/.test(path) ? ["typescript"] : ["jsx"];
  for (const esModules of [true, false]) {
    try {
      const options = { esModules, autoWrap: true, preserveComments: true, parserPlugins };
      return createInstrumenter(options).instrumentSync(code, path);
    } catch {
      // The other source type, or no counters.
    }
  }
  return null;
}

function toFigures(dumps: readonly unknown[]): Figures {
  const map = libCoverage.createCoverageMap({});
  for (const dump of dumps) {
    map.merge(dump as Parameters<typeof libCoverage.createCoverageMap>[0] & object);
  }
  const { statements, branches, functions } = map.getCoverageSummary().toJSON();
  const toCount = ({ covered, total }: Count): Count => ({ covered, total });
  return {
    statements: toCount(statements),
    branches: toCount(branches),
    functions: toCount(functions),
  };
}
