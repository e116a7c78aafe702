import { posix } from "node:path";

import type { ProjectInfo, RunnerName } from "../../contract/project.ts";
import { toKebabCase } from "../naming/names.ts";
import type { ModuleFacts } from "./project-facts.ts";

/** Something that knows its module and what it is about. */
export interface Groupable {
  readonly module: string;
  /** The export that the test is about: a class or function. */
  readonly topic: string;
}

export interface PlannedFile<T extends Groupable> {
  /** Project-relative POSIX path. */
  readonly path: string;
  readonly module: string;
  readonly usesRequire: boolean;
  readonly tests: readonly T[];
}

/** Tests of one module that still read well in one file. */
const LARGEST_FILE = 40;
/** Tests that make a file of their own worth it. */
const SMALLEST_OWN_FILE = 8;

/** One file a module, or one for each large class or function where a module has many tests. */
export function planFiles<T extends Groupable>(
  tests: readonly T[],
  around: {
    readonly outDir: string;
    readonly runner: RunnerName;
    readonly project: ProjectInfo;
    readonly factsOf: (module: string) => ModuleFacts;
  },
): PlannedFile<T>[] {
  const byModule = Map.groupBy(tests, (test) => test.module);
  const stems = toStems([...byModule.keys()], around.project.name);
  const taken = new Set<string>();
  return [...byModule].flatMap(([module, ofModule]) => {
    const { extension, usesRequire } = toDialectOfFile(module, around);
    return split(ofModule).map(({ topic, members }): PlannedFile<T> => {
      const stem = stems.get(module) ?? "tests";
      const wanted = topic === null ? stem : `${stem}-${toKebabCase(topic)}`;
      let name = wanted;
      for (let count = 2; taken.has(name); count += 1) name = `${wanted}-${count}`;
      taken.add(name);
      return {
        path: posix.join(around.outDir, `${name}${extension}`),
        module,
        usesRequire,
        tests: members,
      };
    });
  });
}

/** A large module is split by topic; small topics stay together in the file named for the module. */
function split<T extends Groupable>(
  tests: readonly T[],
): { readonly topic: string | null; readonly members: readonly T[] }[] {
  const byTopic = Map.groupBy(tests, (test) => test.topic);
  if (tests.length <= LARGEST_FILE || byTopic.size < 2) return [{ topic: null, members: tests }];
  const own = [...byTopic].filter(([, members]) => members.length >= SMALLEST_OWN_FILE);
  const rest = [...byTopic].filter(([, members]) => members.length < SMALLEST_OWN_FILE);
  const together = rest.flatMap(([, members]) => members);
  const files = own.map(([topic, members]) => ({ topic, members }));
  return together.length === 0 ? files : [{ topic: null, members: together }, ...files];
}

/** The shortest names that tell the modules apart: `parse`, or `json-parse` beside `xml-parse`. */
export function toStems(modules: readonly string[], packageName: string): Map<string, string> {
  const stems = new Map<string, string>();
  const taken = new Set<string>();
  const depthOf = (module: string): number => module.split("/").length;
  for (const module of modules.toSorted((a, b) => depthOf(a) - depthOf(b))) {
    const parts = module.replace(/\.[cm]?[jt]sx?$/, "").split("/");
    const isIndex = /^(?:index|main|mod)$/i.test(parts.at(-1) ?? "");
    const names = isIndex ? parts.slice(0, -1) : parts;
    const isGeneric = isIndex && /^(?:src|lib|dist|build|source|)$/i.test(names.at(-1) ?? "");
    let stem = toKebabCase(isGeneric ? packageName.replace(/^@[^/]*\//, "") : (names.at(-1) ?? ""));
    for (let depth = 2; taken.has(stem) && depth <= parts.length; depth += 1) {
      stem = toKebabCase(parts.slice(-depth).join("-"));
    }
    taken.add(stem);
    stems.set(module, stem);
  }
  return stems;
}

/** The file ending that makes runner and Node read the file as what it is. */
export function toDialectOfFile(
  module: string,
  around: {
    readonly runner: RunnerName;
    readonly project: ProjectInfo;
    readonly factsOf: (module: string) => ModuleFacts;
  },
): { readonly extension: string; readonly usesRequire: boolean } {
  const { project, runner } = around;
  const facts = around.factsOf(module);
  if (facts.isTypeScript) {
    // Node reads `.ts` as the package says; where that is CommonJS only `.mts` is surely a module.
    const isAmbiguous = (runner === "node" || runner === "mocha") && project.system === "commonjs";
    return {
      extension: isAmbiguous && runner === "node" ? ".test.mts" : ".test.ts",
      usesRequire: false,
    };
  }
  if (runner === "vitest") return { extension: ".test.js", usesRequire: false };
  if (facts.system === "esm" || project.system === "esm") {
    return { extension: project.system === "esm" ? ".test.js" : ".test.mjs", usesRequire: false };
  }
  return { extension: ".test.js", usesRequire: true };
}
