import type { ExportPath } from "../../contract/program.ts";
import type { RunnerName } from "../../contract/project.ts";
import { createChai } from "../dialects/chai.ts";
import type { AssertionDialect, Need } from "../dialects/dialect.ts";
import { createExpect } from "../dialects/expect.ts";
import { createNodeAssert } from "../dialects/node-assert.ts";
import { render, type Doc } from "../layout.ts";
import type { ModuleUse } from "../naming/name-module.ts";
import { createNameScope } from "../naming/names.ts";
import { settleTitles } from "../naming/titles.ts";
import type { AssertionPlan } from "../program/assertion.ts";
import { chooseAssertions } from "../program/choose-assertions.ts";
import type { Judgement } from "../program/decide.ts";
import { printTestBody } from "../program/print-test.ts";
import type { TestSurroundings } from "../program/surroundings.ts";
import { toStringLiteral } from "../values/literals.ts";
import type { ArgumentFitter } from "../values/fit-types.ts";
import { bindExports } from "./bind-exports.ts";
import { printHelpers } from "./helpers.ts";
import type { DraftTest } from "./draft.ts";
import type { ProjectFacts } from "./project-facts.ts";

/** What one file is printed from. */
export interface FileInput {
  readonly path: string;
  readonly outDir: string;
  readonly runner: RunnerName;
  readonly usesRequire: boolean;
  readonly facts: ProjectFacts;
  readonly use: ModuleUse;
  /** Classes of the module that are reachable: class name → export path. */
  readonly classes: ReadonlyMap<string, ExportPath>;
  readonly fit: ArgumentFitter;
  readonly tests: readonly DraftTest[];
}

export interface PrintedFile {
  readonly text: string;
  /** Ids of the tests in the order of writing, with the title each got. */
  readonly order: readonly { readonly candidateId: string; readonly fullTitle: string }[];
  readonly unprintable: readonly { readonly candidateId: string; readonly reason: string }[];
}

/** Prints one file in the runner's dialect; null text is never given: an empty file has no tests in `order`. */
export function printFile(input: FileInput): PrintedFile {
  const needs = new Set<Need>();
  const printer = createFilePrinter(input, needs);
  const unprintable: { candidateId: string; reason: string }[] = [];
  const bodies = new Map<string, string>();
  const printed: PrintedDraft[] = [];
  for (const test of input.tests) {
    const result = printer.printDraft(test);
    if (typeof result === "string") {
      unprintable.push({ candidateId: test.candidateId, reason: result });
      continue;
    }
    const twin = bodies.get(result.body);
    if (twin !== undefined) {
      unprintable.push({ candidateId: test.candidateId, reason: `same test as candidate ${twin}` });
      continue;
    }
    bodies.set(result.body, test.candidateId);
    printed.push(result);
  }
  const groups = toGroups(printed);
  const blocks = groups.map((group) => printGroup(group, input, needs));
  const order = groups.flatMap((group) =>
    group.tests.map(({ test, title }) => ({
      candidateId: test.candidateId,
      fullTitle: `${group.title} > ${title}`,
    })),
  );
  const sections = [
    printHeader(input),
    [...printImports(input, needs), ...printer.importLines()].join("\n"),
    ...printHelpers(needs, isTypeScript(input)),
    ...blocks,
  ];
  return { text: `${sections.filter((part) => part !== "").join("\n\n")}\n`, order, unprintable };
}

interface PrintedDraft {
  readonly test: DraftTest;
  readonly plan: AssertionPlan;
  /** The function body, braces included, at no indentation. */
  readonly body: string;
  readonly doc: Doc;
  readonly isAsync: boolean;
}

interface Group {
  readonly title: string;
  readonly usesFixture: boolean;
  readonly tests: readonly (PrintedDraft & { readonly title: string })[];
}

interface FilePrinter {
  /** The printed test, or why there is none. */
  printDraft(test: DraftTest): PrintedDraft | string;
  importLines(): string[];
}

function createFilePrinter(input: FileInput, needs: Set<Need>): FilePrinter {
  const need = (what: Need): void => {
    needs.add(what);
  };
  const moduleFacts = input.facts.modules.get(input.use.module);
  if (moduleFacts === undefined) throw new TypeError(`nothing is known about ${input.use.module}`);
  const imported: string[] = [];
  const importNames = createNameScope();
  const bindings = bindExports(
    {
      module: input.use.module,
      facts: moduleFacts,
      testFile: input.path,
      usesRequire: input.usesRequire,
      hasInterop: input.runner === "vitest",
      typeScriptImports: input.facts.typeScriptImports,
      use: useOfFile(input),
    },
    {
      isFree: importNames.isFree,
      take: (wanted) => remember(importNames.take(wanted), imported),
    },
  );
  const dialect = createDialect(input, need);
  const classOf = (className: string): string | null => {
    const path = input.classes.get(className);
    if (path !== undefined) return bindings.exportOf(path);
    return GLOBAL_CLASSES.has(className) ? className : null;
  };
  const judgement: Judgement = {
    classOf,
    hasNestedTolerance: dialect.hasNestedTolerance,
    canIgnoreClasses: dialect.canIgnoreClasses,
  };
  return {
    importLines: bindings.importLines,
    printDraft(test) {
      const { program, recording } = test;
      const plan = chooseAssertions(program, recording, judgement);
      if (plan === null) return "nothing certain can be asserted of its results";
      const around: TestSurroundings = {
        dialect,
        need,
        classOf,
        exportOf: bindings.exportOf,
        createNames: () => createNameScope(imported),
        isTypeScript: isTypeScript(input),
        fitArgument: (printed, statement, argument) =>
          input.fit(program, statement, argument, printed),
      };
      const { body, isAsync } = printTestBody(program, recording, plan, around);
      return { test, plan, body: render(body), doc: body, isAsync };
    },
  };
}

function remember(name: string, into: string[]): string {
  into.push(name);
  return name;
}

/** Only what this file's own tests mention is imported. */
function useOfFile(input: FileInput): ModuleUse {
  const mentioned = new Map(
    input.tests.flatMap((test) => test.exports.map((path) => [path.join("."), path])),
  );
  return { ...input.use, used: [...mentioned.values()] };
}

function createDialect(input: FileInput, need: (what: Need) => void): AssertionDialect {
  if (input.runner === "vitest" || input.runner === "jest") return createExpect(need);
  return input.runner === "mocha" && input.facts.hasChai
    ? createChai(need)
    : createNodeAssert(need);
}

/** Tests by topic; those that work on files stand apart, for they need their own folder. */
function toGroups(printed: readonly PrintedDraft[]): Group[] {
  const byTopic = Map.groupBy(
    printed,
    ({ test }) => `${test.program.usesFixture ? "1" : "0"}${test.group}`,
  );
  const topics = new Set([...byTopic.keys()].map((key) => key.slice(1)));
  return [...topics].sort(compareText).flatMap((topic) =>
    ["0", "1"].flatMap((mark): Group[] => {
      const members = byTopic.get(`${mark}${topic}`);
      if (members === undefined) return [];
      const usesFixture = mark === "1";
      const isMixed = byTopic.has(`0${topic}`) && usesFixture;
      const sorted = [...members].sort(compareDrafts);
      const titles = settleTitles(sorted.map(({ test, plan }) => test.titlesFor(plan)));
      const tests = sorted.map((draft, index) => ({ ...draft, title: titles[index] ?? "works" }));
      return [{ title: isMixed ? `${topic} on files` : topic, usesFixture, tests }];
    }),
  );
}

/** Short before long, returning before throwing, else as they came. */
function compareDrafts(a: PrintedDraft, b: PrintedDraft): number {
  const isThrowing = (draft: PrintedDraft): number => (draft.plan.thrown === null ? 0 : 1);
  return (
    isThrowing(a) - isThrowing(b) || a.plan.reached - b.plan.reached || a.test.rank - b.test.rank
  );
}

function compareText(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0;
}

function printGroup(group: Group, input: FileInput, needs: Set<Need>): string {
  const keyword = input.runner === "mocha" ? "it" : "test";
  const tests = group.tests.map(({ title, doc, isAsync }) => {
    const head = `  ${keyword}(${toStringLiteral(title)}, ${isAsync ? "async () => " : "() => "}`;
    return `${head}${render(doc, 80, 1, 0)});`;
  });
  if (group.usesFixture) {
    for (const need of ["sample-folder", "fs", "os", "path"] as const) needs.add(need);
    tests.unshift("  useSampleFolder();");
  }
  return `describe(${toStringLiteral(group.title)}, () => {\n${tests.join("\n\n")}\n});`;
}

function printHeader(input: FileInput): string {
  const strict = input.usesRequire ? '"use strict";\n\n' : "";
  return `${strict}// Written by Regoose. These tests record what the code does today, not what it should do.
// To prove each of them again: npx regoose verify ${input.outDir}`;
}

function printImports(input: FileInput, needs: ReadonlySet<Need>): string[] {
  const lines: string[] = [];
  const add = (what: string, from: string): void => {
    lines.push(
      input.usesRequire ? `const ${what} = require("${from}");` : `import ${what} from "${from}";`,
    );
  };
  if (needs.has("assert")) add("assert", "node:assert/strict");
  if (needs.has("once")) add("{ once }", "node:events");
  if (needs.has("fs")) add("fs", "node:fs");
  if (needs.has("os")) add("os", "node:os");
  if (needs.has("path")) add("path", "node:path");
  const hooks = needs.has("sample-folder") ? ["afterEach", "beforeEach"] : [];
  if (input.runner === "node") add(`{ ${[...hooks, "describe", "test"].join(", ")} }`, "node:test");
  if (needs.has("setImmediate")) add("{ setImmediate }", "node:timers/promises");
  if (input.runner === "vitest") {
    const expect = needs.has("expect") ? ["expect"] : [];
    add(`{ ${[...hooks, "describe", ...expect, "test"].join(", ")} }`, "vitest");
  }
  if (input.runner === "mocha" && needs.has("expect")) add("{ expect }", "chai");
  return lines.length === 0 ? [] : [...lines, ""];
}

function isTypeScript(input: FileInput): boolean {
  return /\.[cm]?ts$/.test(input.path);
}

/** Classes that every test can name without an import and that say something about a value. */
const GLOBAL_CLASSES: ReadonlySet<string> = new Set([
  "Promise",
  "WeakMap",
  "WeakSet",
  "WeakRef",
  "ArrayBuffer",
  "DataView",
  "URL",
  "URLSearchParams",
  "AbortController",
  "Number",
  "String",
  "Boolean",
  "Error",
  "TypeError",
  "RangeError",
  "SyntaxError",
  "ReferenceError",
  "EvalError",
  "URIError",
  "AggregateError",
]);
