import type { SearchCandidate } from "../contract/candidate.ts";
import type { Mutant } from "../contract/mutant.ts";
import type { TestProgram } from "../contract/program.ts";
import type { ProjectInfo } from "../contract/project.ts";

/** A candidate that calls `add(1, 2)` and saw 3. */
export function aCandidate(
  id: string,
  over: Partial<Omit<SearchCandidate, "id">> & { readonly kills?: readonly string[] } = {},
): SearchCandidate {
  const { kills, ...rest } = over;
  return {
    id,
    origin: "search",
    program: aProgram(),
    recording: {
      outcomes: [{ kind: "returned", value: { kind: "number", value: 3 } }],
      mutations: [],
      spies: [],
      files: {},
    },
    claims: { counters: [], kills: kills ?? [] },
    ...rest,
  };
}

/** A program of one call. */
export function aProgram(over: Partial<TestProgram> = {}): TestProgram {
  return {
    module: "index.js",
    statements: [
      {
        kind: "call",
        callee: ["add"],
        args: [
          { kind: "number", value: 1 },
          { kind: "number", value: 2 },
        ],
        awaits: false,
      },
    ],
    usesFixture: false,
    ...over,
  };
}

/** A mutant whose id is `m` and its switch id. */
export function aMutant(switchId: string, over: Partial<Mutant> = {}): Mutant {
  return {
    id: `m${switchId}`,
    switchId,
    file: "index.js",
    mutator: "ArithmeticOperator",
    range: { start: { line: 1, column: 0 }, end: { line: 1, column: 5 } },
    replacement: "a - b",
    ...over,
  };
}

/** A CommonJS project without a runner of its own. */
export function aProject(over: Partial<ProjectInfo> = {}): ProjectInfo {
  return {
    root: "/project",
    name: "example",
    version: "1.0.0",
    system: "commonjs",
    isTypeScript: false,
    packageManager: "npm",
    runner: "node",
    isRunnerDetected: false,
    runnerBinPath: null,
    entryPoints: [{ specifier: ".", file: "index.js", system: "commonjs" }],
    sourceFiles: ["index.js"],
    testFiles: [],
    testsFolder: "test",
    testScript: null,
    dependencyFolders: [],
    formatter: null,
    tsconfigPath: null,
    repository: null,
    ...over,
  };
}
