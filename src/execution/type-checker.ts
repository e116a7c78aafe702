import { posix } from "node:path";
import { toSentence } from "../contract/to-sentence.ts";
import { toMessage } from "../kernel/errors.ts";
import type { TypeCheck, TypeDiagnostic } from "../ports/project-tools.ts";
import { runTool, toToolProblem, type ToolHost } from "./project-tool.ts";
import { readDiagnostics } from "./read-diagnostics.ts";
import { toWorkPath } from "./work-path.ts";

export interface TypeCheckerOptions {
  /** Host path of the project's own `tsc` script. */
  readonly compilerPath: string;
  /** Project-relative. */
  readonly tsconfigPath: string;
  /** The configuration has JavaScript checked too. */
  readonly checksJavaScript: boolean;
  /** Time for all calls together, ms; asked at the first. */
  readonly limitMs: () => number;
  /** Told once, when the check turns out not to work. */
  readonly onNote: (sentence: string) => void;
  /** Numbers of complaints that are left to the run. @defaultValue those on names and modules */
  readonly leftToTheRun?: ReadonlySet<number>;
}

/**
 * Type-checks printed files with the project's own compiler and configuration, in the sandbox, one
 * process for all files. Where that does not work (broken configuration, a project with errors of its
 * own, no time) nothing is held against anyone, and one note says so.
 */
export function createTypeChecker(host: ToolHost, options: TypeCheckerOptions): TypeCheck {
  let leftMs: number | null = null;
  let isOff = false;
  return async (files, { signal }) => {
    signal.throwIfAborted();
    const checked = Object.entries(files).filter(([path]) => isChecked(path, options));
    if (isOff || checked.length === 0) return [];
    leftMs ??= options.limitMs();
    const given = { files: Object.fromEntries(checked), timeoutMs: leftMs, signal };
    const answer = await check(host, options, given);
    leftMs -= answer.tookMs;
    if (answer.problem === null) return answer.diagnostics;
    isOff = true;
    options.onNote(toSentence("types-unchecked", { why: answer.problem }));
    return [];
  };
}

const TYPESCRIPT = /\.[cm]?tsx?$/u;

function isChecked(path: string, { checksJavaScript }: TypeCheckerOptions): boolean {
  return checksJavaScript || TYPESCRIPT.test(path);
}

interface Given {
  readonly files: Readonly<Record<string, string>>;
  readonly timeoutMs: number;
  readonly signal: AbortSignal;
}

interface Answer {
  readonly diagnostics: readonly TypeDiagnostic[];
  readonly problem: string | null;
  readonly tookMs: number;
}

/** The compiler ends with 1 or 2 where it has something to say. */
const COMPILER_CODES = [0, 1, 2];

async function check(host: ToolHost, options: TypeCheckerOptions, given: Given): Promise<Answer> {
  const { timeoutMs, signal } = given;
  const failed = (problem: string): Answer => ({ diagnostics: [], problem, tookMs: 0 });
  const compiler = toWorkPath(host.project, options.compilerPath);
  if (compiler === null) return failed("the compiler stands outside the project's dependencies");
  if (timeoutMs <= 0) return failed("no time was left for it");
  const config = posix.join(posix.dirname(options.tsconfigPath), CONFIG_FILE);
  const paths = Object.keys(given.files);
  try {
    const result = await runTool(
      host,
      {
        files: { ...given.files, [config]: toConfig(options.tsconfigPath, paths) },
        script: [compiler, "--project", config, "--pretty", "false"],
        timeoutMs,
        collect: [],
      },
      { signal },
    );
    signal.throwIfAborted();
    const problem = toToolProblem(result, timeoutMs, COMPILER_CODES);
    const isSilent = result.end.kind === "exited" && result.end.code === 0;
    const read =
      problem === null
        ? judge(result.stdout, new Set(paths), { isSilent, ...options })
        : failed(problem);
    return { ...read, tookMs: result.durationMs };
  } catch (thrown) {
    signal.throwIfAborted();
    return failed(toMessage(thrown));
  }
}

function judge(
  output: string,
  own: ReadonlySet<string>,
  {
    isSilent,
    leftToTheRun = LEFT_TO_THE_RUN,
  }: { readonly isSilent: boolean } & Pick<TypeCheckerOptions, "leftToTheRun">,
): Omit<Answer, "tookMs"> {
  const { located, global } = readDiagnostics(output);
  const foreign = located.find(({ file }) => !own.has(file));
  const problem =
    global[0] ??
    (foreign === undefined
      ? null
      : `the project itself has errors, such as ${foreign.file}: ${foreign.message}`) ??
    (located.length > 0 || isSilent ? null : "the compiler ended with an error and named none");
  const diagnostics = located.filter(({ code }) => !leftToTheRun.has(code));
  return { diagnostics: problem === null ? diagnostics : [], problem };
}

const CONFIG_FILE = "tsconfig.regoose-check.json";

/**
 * The project's options for our files alone, with its ambient declarations. Options that speak of
 * output, or of style, are taken back: nothing is written, and nobody fails over a spare name.
 */
function toConfig(tsconfigPath: string, files: readonly string[]): string {
  const folder = posix.dirname(tsconfigPath);
  return JSON.stringify({
    extends: `./${posix.basename(tsconfigPath)}`,
    compilerOptions: {
      noEmit: true,
      skipLibCheck: true,
      noUnusedLocals: false,
      noUnusedParameters: false,
      ...Object.fromEntries(OUTPUT_OPTIONS.map((name) => [name, null])),
    },
    files: files.map((file) => posix.relative(folder, file)),
    include: ["**/*.d.ts"],
    exclude: ["node_modules", "**/node_modules", "dist", "build", "out", "coverage"],
    references: [],
  });
}

const OUTPUT_OPTIONS = [
  "composite",
  "incremental",
  "tsBuildInfoFile",
  "rootDir",
  "outDir",
  "outFile",
  "declaration",
  "declarationDir",
  "declarationMap",
  "emitDeclarationOnly",
  "isolatedDeclarations",
];

/**
 * Whether modules and names are found, and in which form a module is imported, is decided by running
 * the file; the project's types need not know its test runner.
 */
const LEFT_TO_THE_RUN: ReadonlySet<number> = new Set([
  1192, 1259, 1286, 1287, 1295, 1378, 1471, 1479, 1484, 2304, 2307, 2503, 2552, 2580, 2581, 2582,
  2584, 2591, 2592, 2593, 2613, 2614, 2691, 2792, 2833, 2834, 2835, 5097, 7016,
]);
