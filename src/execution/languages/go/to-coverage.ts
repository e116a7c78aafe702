import { posix } from "node:path";

import type { FileCoverage } from "../../../contract/coverage.ts";
import type { SourceRange } from "../../../contract/mutant.ts";
import { toTestKey } from "../../../contract/test-run.ts";
import type { LanguageCoverage } from "../driver.ts";
import { MARK } from "./script.ts";

/** `name.go:line.column,line.column statements count`, as `golang.org/x/tools/cover` reads it. */
const BLOCK = /^(.+\.go):(\d+)\.(\d+),(\d+)\.(\d+) (\d+) (\d+)$/u;

interface Block {
  readonly range: SourceRange;
  /** Keys of the tests that ran it. */
  readonly tests: Set<string>;
}

/**
 * Reads the profiles of tests that ran one by one. Go counts blocks of statements, and a block begins where a branch
 * does: each is a statement of the map and a branch with one arm. `fileOf`: the test file of a test in a folder.
 */
export function toGoCoverage(
  content: Buffer | undefined,
  sources: readonly string[],
  fileOf: (folder: string, test: string) => string | undefined,
): LanguageCoverage | null {
  const files = new Map<string, Map<string, Block>>();
  let key: string | null = null;
  for (const line of (content?.toString("utf8") ?? "").split("\n")) {
    if (line.startsWith(`${MARK} `)) {
      const [, folder = "", fullTitle = ""] = line.split(" ");
      const file = fileOf(folder, fullTitle);
      key = file === undefined ? null : toTestKey({ file, fullTitle });
      continue;
    }
    const [, name = "", ...numbers] = BLOCK.exec(line) ?? [];
    // Profiles name files by import path, of which the project's path is the tail.
    const path = sources.find(
      (one) => name === one || name.endsWith(`/${one}`) || isRootFile(name, one),
    );
    if (path === undefined || key === null) continue;
    const [a = 0, b = 0, c = 0, d = 0, , count = 0] = numbers.map(Number);
    const blocks = files.get(path) ?? new Map<string, Block>();
    const id = numbers.slice(0, 4).join(",");
    const block = blocks.get(id) ?? { range: toRange(a, b, c, d), tests: new Set<string>() };
    if (count > 0) block.tests.add(key);
    blocks.set(id, block);
    files.set(path, blocks);
  }
  if (files.size === 0) return null;
  const listed = new Map([...files].map(([path, blocks]) => [path, sortBlocks(blocks)]));
  return {
    map: Object.fromEntries([...listed].map(([path, blocks]) => [path, toFile(path, blocks)])),
    perTest: toPerTest(listed),
    reaches(testKey, path, line) {
      const around = (listed.get(path) ?? []).filter(
        ({ range }) => range.start.line <= line && line <= range.end.line,
      );
      // Constants and types stand in no block.
      return around.length === 0 || around.some(({ tests }) => tests.has(testKey));
    },
  };
}

function isRootFile(name: string, path: string): boolean {
  return !path.includes("/") && posix.basename(name) === path;
}

function sortBlocks(blocks: ReadonlyMap<string, Block>): readonly Block[] {
  return [...blocks.values()].sort(
    ({ range: a }, { range: b }) => a.start.line - b.start.line || a.start.column - b.start.column,
  );
}

function toFile(path: string, blocks: readonly Block[]): FileCoverage {
  return {
    path,
    ...{ fnMap: {}, f: {} },
    branchMap: Object.fromEntries(
      blocks.map(({ range }, at) => [
        String(at),
        { type: "block", loc: range, locations: [range], line: range.start.line },
      ]),
    ),
    b: Object.fromEntries(blocks.map(({ tests }, at) => [String(at), [tests.size]])),
    statementMap: Object.fromEntries(blocks.map(({ range }, at) => [String(at), range])),
    s: Object.fromEntries(blocks.map(({ tests }, at) => [String(at), tests.size])),
  };
}

function toPerTest(
  files: ReadonlyMap<string, readonly Block[]>,
): Readonly<Record<string, readonly string[]>> {
  const perTest = new Map<string, string[]>();
  for (const [path, blocks] of files) {
    for (const [at, { tests }] of blocks.entries()) {
      for (const key of tests)
        perTest.set(key, [
          ...(perTest.get(key) ?? []),
          `${path}#s${String(at)}`,
          `${path}#b${String(at)}.0`,
        ]);
    }
  }
  return Object.fromEntries(perTest);
}

function toRange(line: number, column: number, lastLine: number, lastColumn: number): SourceRange {
  return {
    start: { line, column: Math.max(0, column - 1) },
    end: { line: lastLine, column: Math.max(0, lastColumn - 1) },
  };
}
