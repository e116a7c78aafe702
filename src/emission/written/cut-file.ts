import { posix } from "node:path";

import type { ReadProjectFile } from "../files/project-facts.ts";
import { readTestFile, type TestFile } from "../files/test-calls.ts";
import { isNode, walk } from "./tree.ts";

/** A file of written tests with some of them left, ready to stand at another place. */
export interface CutFile {
  readonly text: string;
  /** Wanted titles that do not stand in it, or not once. */
  readonly missing: readonly string[];
}

/** A change of a text: what stands from `start` to `end` becomes `text`. */
interface Edit {
  readonly start: number;
  readonly end: number;
  readonly text: string;
}

/**
 * Leaves the tests with these titles and all that stands around them, untouched but for two things: imports that
 * only other tests used go, and relative imports of files that exist start from `outDir`.
 * @throws SyntaxError when the text does not parse
 */
export async function cutFile(
  text: string,
  wanted: ReadonlySet<string>,
  place: {
    /** Project-relative path that relative imports start from. */
    readonly path: string;
    readonly outDir: string;
    readonly isTypeScript: boolean;
    readonly readProjectFile: ReadProjectFile;
  },
): Promise<CutFile> {
  const file = readTestFile(text, place.isTypeScript);
  const counts = new Map<string, number>();
  for (const { fullTitle } of file.tests) counts.set(fullTitle, (counts.get(fullTitle) ?? 0) + 1);
  const missing = [...wanted].filter((title) => counts.get(title) !== 1);
  const kept = file.tests.filter(({ fullTitle }) => wanted.has(fullTitle));
  const removed = toUnwanted(file, kept).map((edit) => widen(text, edit));
  const moved = await toMoved(file, text, place);
  // What a removed test imports goes with it.
  const left = moved.filter(({ start }) => !removed.some((gone) => isWithin(start, gone)));
  const cut = apply(text, [...removed, ...left]);
  return { text: `${dropUnusedImports(cut, place.isTypeScript).trim()}\n`, missing };
}

function isWithin(offset: number, { start, end }: Edit): boolean {
  return offset >= start && offset < end;
}

/** Whole lines: with the indentation before, the line's end behind, and one of the blank lines around. */
function widen(text: string, { start, end, text: replacement }: Edit): Edit {
  const before = /[ \t]*$/u.exec(text.slice(0, start))?.[0].length ?? 0;
  const behind = /^[ \t]*\n?/u.exec(text.slice(end))?.[0].length ?? 0;
  const [from, to] = [start - before, end + behind];
  const isOwnLine = from === 0 || text[from - 1] === "\n";
  if (!isOwnLine || replacement !== "") return { start, end, text: replacement };
  const blank = /\n(?=\n$)/u.test(text.slice(0, from)) ? 1 : 0;
  return { start: from - blank, end: to, text: "" };
}

/** Tests that are not wanted, and suites that hold none that is. */
function toUnwanted(file: TestFile, kept: TestFile["tests"]): readonly Edit[] {
  const isKept = new Set(kept);
  const holds = (place: { readonly start: number }): boolean =>
    kept.some(({ suites }) => suites.some(({ start }) => start === place.start));
  const gone = new Map<number, Edit>();
  for (const test of file.tests) {
    if (isKept.has(test)) continue;
    const empty = test.suites.find((suite) => !holds(suite));
    const { from, end } = empty ?? test;
    gone.set(from, { start: from, end, text: "" });
  }
  return [...gone.values()];
}

const ENDINGS = ["", ".ts", ".js", ".mts", ".cts", ".mjs", ".cjs", ".tsx", ".jsx"];
const INDEXES = ["/index.ts", "/index.js"];

async function toMoved(
  { program }: TestFile,
  text: string,
  { path, outDir, readProjectFile }: Parameters<typeof cutFile>[2],
): Promise<readonly Edit[]> {
  const edits: Edit[] = [];
  for (const { start, end, value } of findSpecifiers(program)) {
    if (!/^\.\.?\//u.test(value)) continue;
    const target = await findTarget(posix.dirname(path), value, readProjectFile);
    if (target === null) continue;
    const moved = posix.relative(outDir, target);
    const quote = text[start] ?? '"';
    edits.push({
      start,
      end,
      text: `${quote}${moved.startsWith(".") ? moved : `./${moved}`}${quote}`,
    });
  }
  return edits;
}

/**
 * The file that an import means. Who writes a test without seeing the folders starts from `test/` or the root as often
 * as from where the file stands: the nearest folder above from which the file exists is taken.
 */
async function findTarget(
  folder: string,
  specifier: string,
  readProjectFile: ReadProjectFile,
): Promise<string | null> {
  for (let from = folder; ; from = posix.dirname(from)) {
    const target = posix.join(from, specifier);
    if (!target.startsWith("..") && (await isThere(target, readProjectFile))) return target;
    if (from === posix.dirname(from)) return null;
  }
}

async function isThere(target: string, readProjectFile: ReadProjectFile): Promise<boolean> {
  // TypeScript writes `./a.js` for `./a.ts`.
  const bare = target.replace(/\.([cm]?)js$/u, "");
  const paths = [target, ...[...ENDINGS, ...INDEXES].map((ending) => `${bare}${ending}`)];
  for (const path of paths) if ((await readProjectFile(path)) !== null) return true;
  return false;
}

interface Specifier {
  readonly start: number;
  readonly end: number;
  readonly value: string;
}

/** Functions whose first argument names a module. */
const NAMES_MODULE = new Set(["require", "import", "mock", "doMock", "unmock", "importActual"]);

/** Texts of the tree that name modules. */
function findSpecifiers(program: TestFile["program"]): readonly Specifier[] {
  const found: Specifier[] = [];
  const take = (node: unknown): void => {
    if (isNode(node) && node.type === "StringLiteral" && typeof node["value"] === "string") {
      found.push({ start: node.start, end: node.end, value: node["value"] });
    }
  };
  walk(program, (node) => {
    if (/^(?:Import|ExportNamed|ExportAll)Declaration$|^ImportExpression$/u.test(node.type)) {
      take(node["source"]);
    }
    const callee = node["callee"];
    if (node.type !== "CallExpression" || !Array.isArray(node["arguments"]) || !isNode(callee))
      return true;
    const named = callee.type === "MemberExpression" ? callee["property"] : callee;
    const name = isNode(named) ? (named["name"] ?? named.type.toLowerCase()) : null;
    if (typeof name === "string" && NAMES_MODULE.has(name)) take(node["arguments"][0]);
    return true;
  });
  return found;
}

/** Named imports whose name stands nowhere else. One that is imported for its effects stays. */
function dropUnusedImports(text: string, isTypeScript: boolean): string {
  const edits: Edit[] = [];
  const { program } = readTestFile(text, isTypeScript);
  const names = new Set<unknown>();
  walk(program, (node) => {
    if (/^(?:JSX)?Identifier$/u.test(node.type)) names.add(node["name"]);
    return node.type !== "ImportDeclaration";
  });
  for (const statement of program.body) {
    if (statement.type !== "ImportDeclaration" || statement.specifiers.length === 0) continue;
    const used = statement.specifiers.filter(({ local }) => names.has(local.name));
    if (used.length === statement.specifiers.length) continue;
    const [start, end] = [statement.start ?? 0, statement.end ?? 0];
    const isPlain = used.every(({ type }) => type === "ImportSpecifier");
    if (used.length === 0) edits.push(widen(text, { start, end, text: "" }));
    else if (isPlain) {
      const list = used.map((one) => text.slice(one.start ?? 0, one.end ?? 0)).join(", ");
      const from = text.slice(statement.source.start ?? 0, end);
      edits.push({ start, end, text: `import { ${list} } from ${from}` });
    }
  }
  return apply(text, edits);
}

function apply(text: string, edits: readonly Edit[]): string {
  let result = text;
  for (const { start, end, text: replacement } of edits.toSorted((a, b) => b.start - a.start)) {
    result = result.slice(0, start) + replacement + result.slice(end);
  }
  return result;
}
