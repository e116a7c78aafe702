import fs from "node:fs";
import path from "node:path";

import type { SearchCandidate } from "../../../src/contract/candidate.ts";
import type { TestProgram } from "../../../src/contract/program.ts";
import type { ModuleSystem, ProjectInfo, RunnerName } from "../../../src/contract/project.ts";
import { createSuitePrinter } from "../../../src/emission/suite-printer.ts";
import { shortHash } from "../../../src/kernel/hash.ts";
import type { PrintedSuite } from "../../../src/ports/suite-printer.ts";
import { record } from "./interpreter.ts";

export const FIXTURES: string = path.resolve("test/fixtures/emission");

/** What analysis would say of a fixture project. */
export function aProject(
  name: "cjs" | "esm" | "ts",
  overrides: Partial<ProjectInfo> = {},
): ProjectInfo {
  const system: ModuleSystem = name === "cjs" ? "commonjs" : "esm";
  const file = { cjs: "lib/index.js", esm: "src/index.js", ts: "src/money.ts" }[name];
  return {
    root: path.join(FIXTURES, name),
    name: { cjs: "shapes", esm: "@scope/words", ts: "money" }[name],
    version: "1.0.0",
    system,
    isTypeScript: name === "ts",
    packageManager: "npm",
    runner: "node",
    isRunnerDetected: false,
    runnerBinPath: null,
    entryPoints: [{ specifier: ".", file, system }],
    sourceFiles: [file],
    testFiles: [],
    testsFolder: "test",
    testScript: null,
    dependencyFolders: [],
    formatter: null,
    tsconfigPath: null,
    repository: null,
    ...overrides,
  };
}

export async function aCandidate(
  program: TestProgram,
  namespace: Record<string, unknown>,
): Promise<SearchCandidate> {
  const recording = await record(program, namespace);
  return {
    id: shortHash(JSON.stringify([program, recording])),
    origin: "search",
    program,
    recording,
    claims: { counters: [], kills: [] },
  };
}

export async function printSuite(
  project: ProjectInfo,
  runner: RunnerName,
  candidates: readonly SearchCandidate[],
): Promise<PrintedSuite> {
  const printer = createSuitePrinter({
    readProjectFile: (file) =>
      fs.promises.readFile(path.join(project.root, file), "utf8").catch(() => null),
  });
  return printer.print(
    { project, runner, outDir: "test/regoose", candidates },
    { signal: new AbortController().signal },
  );
}
