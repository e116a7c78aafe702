import type { ApiModel, CallableHint } from "../contract/api-model.ts";
import type { SearchCandidate, WrittenCandidate } from "../contract/candidate.ts";
import type { ExportPath } from "../contract/program.ts";
import { toRunnerName, type RunnerName } from "../contract/project.ts";
import type { FormatFiles } from "../ports/project-tools.ts";
import type {
  PrintedSuite,
  PrintedTest,
  PrintRequest,
  SuitePrinter,
} from "../ports/suite-printer.ts";
import type { DraftTest } from "./files/draft.ts";
import { isSameProgram } from "./files/is-same-program.ts";
import { locateTests } from "./files/locate-tests.ts";
import { planFiles, type PlannedFile } from "./files/plan-files.ts";
import { printFile } from "./files/print-file.ts";
import { printParsable } from "./files/print-parsable.ts";
import {
  readProjectFacts,
  type ProjectFacts,
  type ReadProjectFile,
} from "./files/project-facts.ts";
import { surveyModule, type ModuleUse } from "./naming/name-module.ts";
import { proposeTitles } from "./naming/titles.ts";
import { createTopicFinder } from "./naming/topics.ts";
import { exportsOf } from "./program/references.ts";
import { createArgumentFitter, fitNothing } from "./values/fit-types.ts";
import { printWritten, type WrittenFiles } from "./written/print-written.ts";

/** What printing needs from outside. */
export interface SuitePrinterDeps {
  /** Reads a file of the project as text, null where there is none. Nothing is executed. */
  readonly readProjectFile: ReadProjectFile;
  /** The project's own formatter, run in the sandbox. Absent, Regoose's own layout stays. */
  readonly format?: FormatFiles;
}

/**
 * Prints candidates as test files that a person would accept. Deterministic for equal requests.
 * `options.api` stands in where a request brings no API model of its own.
 */
export function createSuitePrinter(
  deps: SuitePrinterDeps,
  options: { readonly api?: ApiModel } = {},
): SuitePrinter {
  return {
    async print(given, { signal }) {
      signal.throwIfAborted();
      const runner = toRunnerName(given.runner);
      const whole = { ...(given.api === undefined ? { ...given, ...options } : given), runner };
      const written = await printWritten(
        whole.candidates.filter((one): one is WrittenCandidate => one.origin === "model"),
        whole,
        deps.readProjectFile,
      );
      const request: SearchRequest = {
        ...whole,
        candidates: whole.candidates.filter(
          (one): one is SearchCandidate => one.origin === "search",
        ),
      };
      const modules = [...new Set(request.candidates.map(({ program }) => program.module))].sort();
      const facts = await readProjectFacts(
        request.project,
        request.runner,
        modules,
        deps.readProjectFile,
      );
      const uses = surveyModules(request, modules);
      const drafts = request.candidates.map((candidate, rank) =>
        draft(candidate, rank, request, uses),
      );
      const files = planFiles(sortByModule(drafts), {
        outDir: request.outDir,
        runner: request.runner,
        project: request.project,
        factsOf: (module) => factsOf(facts, module),
      });
      return printFiles(files, { request, facts, uses, written }, deps, signal);
    },
  };
}

interface SearchRequest extends PrintRequest {
  readonly runner: RunnerName;
  readonly candidates: readonly SearchCandidate[];
}

interface Surroundings {
  readonly request: SearchRequest;
  readonly written: WrittenFiles;
  readonly facts: ProjectFacts;
  readonly uses: ReadonlyMap<string, ModuleUse>;
}

async function printFiles(
  planned: readonly PlannedFile<DraftTest>[],
  around: Surroundings,
  deps: SuitePrinterDeps,
  signal: AbortSignal,
): Promise<PrintedSuite> {
  const { written } = around;
  const texts: Record<string, string> = { ...written.texts };
  const order: (Placed & { readonly file: string })[] = [...written.order];
  const unprintable: { candidateId: string; reason: string }[] = [...written.unprintable];
  for (const file of planned) {
    const use = around.uses.get(file.module);
    if (use === undefined) continue;
    const input = {
      path: file.path,
      outDir: around.request.outDir,
      runner: around.request.runner,
      usesRequire: file.usesRequire,
      facts: around.facts,
      use,
      classes: findClasses(file.module, use, around.request),
      fit: toFitter(file, around.request),
    };
    const printed = printParsable(file.tests, isTypeScript(file.path), (tests) =>
      printFile({ ...input, tests }),
    );
    unprintable.push(...printed.unprintable);
    if (printed.order.length === 0) continue;
    texts[file.path] = printed.text;
    order.push(...printed.order.map((placed) => ({ ...placed, file: file.path })));
  }
  const isDraft = around.request.isDraft === true;
  const files = isDraft ? texts : await layOut(texts, deps, signal);
  return { files, tests: locate(files, order), unprintable };
}

interface Placed {
  readonly candidateId: string;
  readonly fullTitle: string;
}

/** The project's own layout, except where its formatter does more than lay out. */
async function layOut(
  texts: Readonly<Record<string, string>>,
  deps: SuitePrinterDeps,
  signal: AbortSignal,
): Promise<Record<string, string>> {
  const formatted = await format(texts, deps, signal);
  return Object.fromEntries(
    Object.entries(texts).map(([path, text]) => {
      const other = formatted[path] ?? text;
      return [
        path,
        other === text || isSameProgram(text, other, isTypeScript(path)) ? other : text,
      ];
    }),
  );
}

async function format(
  texts: Readonly<Record<string, string>>,
  deps: SuitePrinterDeps,
  signal: AbortSignal,
): Promise<Readonly<Record<string, string>>> {
  try {
    return (await deps.format?.(texts, { signal })) ?? texts;
  } catch {
    signal.throwIfAborted();
    return texts;
  }
}

function isTypeScript(path: string): boolean {
  return path.endsWith("ts");
}

/** Finds the tests again in the files as they stand. */
function locate(
  files: Readonly<Record<string, string>>,
  order: readonly (Placed & { readonly file: string })[],
): readonly PrintedTest[] {
  const sources = new Map(
    Object.entries(files).flatMap(([path, text]) =>
      locateTests(text, isTypeScript(path)).map((test): [string, string] => [
        `${path}\n${test.fullTitle}`,
        test.source,
      ]),
    ),
  );
  return order.map(({ candidateId, fullTitle, file }) => {
    const source = sources.get(`${file}\n${fullTitle}`);
    if (source === undefined) throw new TypeError(`the test "${fullTitle}" was lost in printing`);
    return { candidateId, file, fullTitle, source };
  });
}

function surveyModules(request: SearchRequest, modules: readonly string[]): Map<string, ModuleUse> {
  return new Map(
    modules.map((module) => {
      const tests = request.candidates.filter(({ program }) => program.module === module);
      return [module, surveyModule(module, request.project.name, tests)];
    }),
  );
}

function draft(
  candidate: SearchCandidate,
  rank: number,
  request: SearchRequest,
  uses: ReadonlyMap<string, ModuleUse>,
): DraftTest {
  const { program, recording } = candidate;
  const use = uses.get(program.module) ?? surveyModule(program.module, request.project.name, []);
  const topics = createTopicFinder(program, recording, use);
  const end = recording.outcomes.findIndex(({ kind }) => kind !== "returned");
  const last =
    (end < 0
      ? program.statements.length
      : end + (recording.outcomes[end]?.kind === "threw" ? 1 : 0)) - 1;
  const topic = topics.topicOf(Math.max(0, last));
  const hint = topic.path === null ? null : findHint(request.api, program.module, topic.path);
  return {
    candidateId: candidate.id,
    rank,
    module: program.module,
    topic: topic.owner,
    group: topic.group,
    program,
    recording,
    exports: program.statements.slice(0, last + 1).flatMap(exportsOf),
    titlesFor: (plan) => proposeTitles({ program, recording, plan, use, topics, hint }),
  };
}

function findHint(
  api: ApiModel | undefined,
  module: string,
  path: ExportPath,
): CallableHint | null {
  const key = path.join(".");
  const model = api?.modules.find(({ file }) => file === module);
  return model?.callables.find((callable) => callable.path.join(".") === key) ?? null;
}

/** Classes that assertions may name: those constructed in tests, and those that analysis knows. */
function findClasses(
  module: string,
  use: ModuleUse,
  request: PrintRequest,
): Map<string, ExportPath> {
  const classes = new Map<string, ExportPath>();
  const model = request.api?.modules.find(({ file }) => file === module);
  for (const { kind, path } of model?.callables ?? []) {
    const [name, ...rest] = path;
    // Declared paths further down need not be there when the module runs.
    const isDirect = rest.length === 0 && name !== undefined && name !== "default";
    if (kind === "constructor" && isDirect) classes.set(name, path);
  }
  for (const path of use.constructed) {
    const name = path.at(-1) === "default" ? use.name : path.at(-1);
    if (name !== undefined) classes.set(name, path);
  }
  return classes;
}

function toFitter(
  file: PlannedFile<DraftTest>,
  request: PrintRequest,
): ReturnType<typeof createArgumentFitter> {
  if (request.api === undefined || !/\.[cm]?ts$/.test(file.path)) return fitNothing;
  return createArgumentFitter(request.api, (program, statement) => {
    const test = file.tests.find((other) => other.program === program);
    if (test === undefined) return null;
    return createTopicFinder(program, test.recording, { name: "" }).topicOf(statement).path;
  });
}

function factsOf(
  facts: ProjectFacts,
  module: string,
): NonNullable<ReturnType<ProjectFacts["modules"]["get"]>> {
  const found = facts.modules.get(module);
  if (found === undefined) throw new TypeError(`nothing is known about ${module}`);
  return found;
}

function sortByModule(drafts: readonly DraftTest[]): DraftTest[] {
  return [...drafts].sort((a, b) =>
    a.module < b.module ? -1 : a.module > b.module ? 1 : a.rank - b.rank,
  );
}
