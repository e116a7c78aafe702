import { posix } from "node:path";

import { toSurface } from "../../analysis/syntax/to-surface.ts";
import type { ProjectInfo } from "../../contract/project.ts";
import type { SourceText } from "../../ports/mutant-engine.ts";

/** Characters of each that a question has room for. */
const MOST_IMPORTED = 6_000;
const MOST_HELPERS = 4_000;
/** Test files that are looked through for what they share. */
const MOST_TESTS = 20;
const ENDINGS = ["", ".js", ".mjs", ".cjs", ".ts", ".mts", ".cts", "/index.js", "/index.ts"];

/** What a module imports from its own project, without bodies: types above all. Whole modules only, as far as there is room. */
export function showImported(
  module: string,
  source: string,
  sources: readonly SourceText[],
): string {
  const imported = new Map(
    listImported(module, source, sources).map(({ path, content }) => [path, content]),
  );
  return fit(
    [...imported].map(([path, content]) => toEntry(path, content)),
    MOST_IMPORTED,
  );
}

/** Modules beside the tests that these build upon: factories, fixtures, fakes. Without bodies. */
export async function gatherHelpers(
  { testFiles, sourceFiles }: Pick<ProjectInfo, "testFiles" | "sourceFiles">,
  read: (path: string) => Promise<string | null>,
): Promise<string> {
  const known = new Set([...testFiles, ...sourceFiles]);
  const folders = new Set(testFiles.map((file) => file.split("/")[0] ?? ""));
  const helpers = new Map<string, string>();
  for (const file of testFiles.slice(0, MOST_TESTS)) {
    for (const wanted of listSpecifiers((await read(file)) ?? "")) {
      const path = posix.join(posix.dirname(file), wanted);
      // What is imported from elsewhere is the code under test.
      if (!path.includes("/") || !folders.has(path.split("/")[0] ?? "")) continue;
      const found = await findFile(path, read);
      if (found !== null && !known.has(found.path)) helpers.set(found.path, found.content);
    }
  }
  return fit(
    [...helpers].map(([path, content]) => toEntry(path, content)),
    MOST_HELPERS,
  );
}

async function findFile(
  path: string,
  read: (path: string) => Promise<string | null>,
): Promise<SourceText | null> {
  for (const ending of ENDINGS) {
    const content = await read(`${path}${ending}`);
    if (content !== null) return { path: `${path}${ending}`, content };
  }
  return null;
}

function toEntry(path: string, content: string): string {
  const surface = toSurface(content, path);
  return surface === "" ? "" : `// ${path}\n${surface}`;
}

function fit(entries: readonly string[], most: number): string {
  let left = most;
  return entries
    .filter((entry) => {
      if (entry === "" || entry.length > left) return false;
      left -= entry.length;
      return true;
    })
    .join("\n\n");
}

function listSpecifiers(source: string): readonly string[] {
  const found = source.matchAll(
    /(?:\bfrom|\bimport|\brequire\(|\bimport\()\s*["'](\.[^"']+)["']/gu,
  );
  return [...found].map(([, specifier = ""]) => specifier);
}

/** The module with everything that it loads: the code behind its exports. */
export function listReached(
  module: string,
  source: string,
  sources: readonly SourceText[],
): ReadonlySet<string> {
  const reached = new Set([module]);
  const open = [{ path: module, content: source }];
  for (let at = open.pop(); at !== undefined; at = open.pop()) {
    for (const one of listImported(at.path, at.content, sources)) {
      if (reached.has(one.path)) continue;
      reached.add(one.path);
      open.push(one);
    }
  }
  return reached;
}

export function listImported(
  module: string,
  source: string,
  sources: readonly SourceText[],
): readonly SourceText[] {
  const bare = (path: string): string => path.replace(/\.[cm]?[jt]sx?$/u, "");
  return listSpecifiers(source).flatMap((specifier) => {
    const path = bare(posix.join(posix.dirname(module), specifier));
    const found = sources.find(
      (one) => bare(one.path) === path || bare(one.path) === `${path}/index`,
    );
    return found === undefined || found.path === module ? [] : [found];
  });
}
