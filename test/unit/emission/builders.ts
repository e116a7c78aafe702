import type { ApiModel, CallableHint, TypeHint } from "../../../src/contract/api-model.ts";
import type { Candidate } from "../../../src/contract/candidate.ts";
import type { Statement } from "../../../src/contract/program.ts";
import type { ProjectInfo, RunnerName } from "../../../src/contract/project.ts";
import type {
  Recording,
  Snapshot,
  StatementOutcome,
  ThrownSnapshot,
} from "../../../src/contract/snapshot.ts";
import { createSuitePrinter, type SuitePrinterDeps } from "../../../src/emission/suite-printer.ts";
import type { PrintedSuite, PrintRequest } from "../../../src/ports/suite-printer.ts";

export * from "../../integration/emission/genes.ts";

/** A snapshot of a plain JavaScript value. */
export function snap(value: unknown): Snapshot {
  if (isSnapshot(value)) return value;
  switch (typeof value) {
    case "undefined":
      return { kind: "undefined" };
    case "boolean":
      return { kind: "boolean", value };
    case "number":
      return { kind: "number", value };
    case "string":
      return { kind: "string", value, length: value.length };
    default:
      break;
  }
  if (value === null) return { kind: "null" };
  if (Array.isArray(value)) return { kind: "array", items: value.map(snap), length: value.length };
  return instance("Object", value as Record<string, unknown>);
}

export function instance(
  className: string,
  fields: Record<string, unknown>,
  isPartial = false,
): Snapshot {
  const entries = Object.entries(fields).map(([key, inner]): readonly [string, Snapshot] => [
    key,
    snap(inner),
  ]);
  return { kind: "object", className, entries, isPartial };
}

export function returned(value: unknown): StatementOutcome {
  return { kind: "returned", value: snap(value) };
}

export function threw(error: Partial<ThrownSnapshot>, isPromise = false): StatementOutcome {
  return {
    kind: "threw",
    isPromise,
    error: { name: "Error", message: "", code: null, isError: true, ...error },
  };
}

export function recording(
  outcomes: readonly StatementOutcome[],
  rest: Partial<Recording> = {},
): Recording {
  return { outcomes, mutations: [], spies: [], files: {}, ...rest };
}

let lastId = 0;

export function candidate(
  statements: readonly Statement[],
  outcomes: readonly StatementOutcome[],
  rest: Partial<Recording> & { readonly module?: string; readonly usesFixture?: boolean } = {},
): Candidate {
  const { module = "lib/math.js", usesFixture = false, ...effects } = rest;
  lastId += 1;
  return {
    id: `c${lastId}`,
    origin: "search",
    program: { module, statements, usesFixture },
    recording: recording(outcomes, effects),
    claims: { counters: [], kills: [] },
  };
}

export function project(overrides: Partial<ProjectInfo> = {}): ProjectInfo {
  return {
    root: "/project",
    name: "@scope/math-kit",
    version: "1.0.0",
    system: "esm",
    isTypeScript: false,
    packageManager: "npm",
    runner: "node",
    isRunnerDetected: true,
    runnerBinPath: null,
    entryPoints: [{ specifier: ".", file: "lib/math.js", system: overrides.system ?? "esm" }],
    sourceFiles: ["lib/math.js"],
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

/** Prints candidates of a project whose files are given as text. */
export async function print(
  candidates: readonly Candidate[],
  options: {
    readonly runner?: RunnerName;
    readonly project?: Partial<ProjectInfo>;
    readonly files?: Readonly<Record<string, string>>;
    readonly api?: ApiModel;
    readonly format?: SuitePrinterDeps["format"];
    readonly request?: Partial<PrintRequest>;
    readonly signal?: AbortSignal;
  } = {},
): Promise<PrintedSuite> {
  const printer = createSuitePrinter(
    {
      readProjectFile: (path) => Promise.resolve(options.files?.[path] ?? null),
      ...(options.format === undefined ? {} : { format: options.format }),
    },
    options.api === undefined ? {} : { api: options.api },
  );
  return printer.print(
    {
      project: project(options.project),
      runner: options.runner ?? "node",
      outDir: "test/regoose",
      candidates,
      ...options.request,
    },
    { signal: options.signal ?? new AbortController().signal },
  );
}

/** The source of the only test that a candidate prints as. */
export async function printOne(
  only: Candidate,
  options: Parameters<typeof print>[1] = {},
): Promise<string> {
  const suite = await print([only], options);
  return dedent(suite.tests[0]?.source ?? `unprintable: ${suite.unprintable[0]?.reason ?? "?"}`);
}

/** Source as if its first line stood at the margin. */
export function dedent(source: string): string {
  return source.replaceAll(/^ {2}/gm, "");
}

export function api(callables: readonly Partial<CallableHint>[], file = "lib/math.js"): ApiModel {
  return {
    modules: [
      {
        file,
        system: "esm",
        seeds: [],
        pool: [],
        regexes: [],
        propertyNames: [],
        callables: callables.map((callable) => ({
          path: ["add"],
          kind: "function",
          signatures: [],
          isTyped: true,
          literals: [],
          where: null,
          summary: null,
          documentedThrows: [],
          ...callable,
        })),
      },
    ],
  };
}

export function params(
  ...types: readonly (readonly [string, TypeHint])[]
): CallableHint["signatures"] {
  return [
    {
      params: types.map(([name, type]) => ({ name, type, optional: false, rest: false })),
      returns: { kind: "unknown" },
    },
  ];
}

function isSnapshot(value: unknown): value is Snapshot {
  return typeof value === "object" && value !== null && "kind" in value;
}
