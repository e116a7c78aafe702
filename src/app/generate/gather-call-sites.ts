import { readdir } from "node:fs/promises";
import { join, posix } from "node:path";

import { listCallSites } from "../../analysis/syntax/call-sites.ts";
import type { ProjectInfo } from "../../contract/project.ts";
import type { SourceText } from "../../ports/mutant-engine.ts";

/** Files of a project as agents see them: those of the private copy, where there is one. */
export interface ReadableProject {
  readonly staged: { readonly folder: string };
  readonly sources: readonly SourceText[];
}

const MOST_FILES = 200;
const MOST_SITES = 40;
const MOST_LENGTH = 4_000;
const EXAMPLE_FOLDERS = ["examples", "example", "demo", "demos", "samples"];
const SCRIPT = /\.[cm]?[jt]sx?$/u;

/**
 * How the project itself calls what a module exports: in other sources, in its own tests, in examples. `bodies`: files
 * whose code stands behind the exports; none of their text is shown, whoever they call.
 */
export async function gatherCallSites(
  module: string,
  bodies: ReadonlySet<string>,
  project: Pick<ProjectInfo, "name" | "testFiles">,
  ground: ReadableProject,
  read: (path: string) => Promise<string | null>,
): Promise<readonly string[]> {
  const examples = await listExamples(ground.staged.folder);
  const others = ground.sources.map(({ path }) => path);
  const files = [...new Set([...examples, ...project.testFiles, ...others])]
    .filter((path) => SCRIPT.test(path) && !bodies.has(path))
    .slice(0, MOST_FILES);
  const sites: string[] = [];
  let left = MOST_LENGTH;
  for (const path of files) {
    const text = await read(path);
    if (text === null) continue;
    for (const site of listCallSites(text, path, { module, packageName: project.name })) {
      if (sites.includes(site) || site.length > left) continue;
      sites.push(site);
      left -= site.length;
      if (sites.length >= MOST_SITES) return sites;
    }
  }
  return sites;
}

async function listExamples(folder: string): Promise<readonly string[]> {
  const lists = await Promise.all(
    EXAMPLE_FOLDERS.map(async (name) => {
      const found = await readdir(join(folder, name), { recursive: true }).catch(() => []);
      return found
        .map((path) => posix.join(name, path.replaceAll("\\", "/")))
        .filter((path) => SCRIPT.test(path) && !path.includes("node_modules/"))
        .sort();
    }),
  );
  return lists.flat();
}
