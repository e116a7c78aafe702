import { lstat } from "node:fs/promises";
import { join } from "node:path";
import { classify } from "../../analysis/project/classify.ts";
import type { ImprovePlan } from "./plan-improvement.ts";

/** Says why a path may not be changed; null where it may. */
export type ChangePolicy = (path: string) => string | null;

const MOST_PATH = 300;

/**
 * What a model may change: sources of the project in the folder that was named, and test files where that was allowed. Everything
 * else is refused: what is outside, hidden, configuration, dependencies, build output and the manifest with its scripts.
 */
export function createChangePolicy(
  {
    goal,
    folder,
    project,
  }: Pick<ImprovePlan, "goal" | "folder"> & {
    readonly project: Pick<ImprovePlan["project"], "testFiles">;
  },
  links: ReadonlySet<string>,
): ChangePolicy {
  const tests = new Set(project.testFiles);
  return (path) => {
    if (!isPlainPath(path)) return "it is no plain path inside the project";
    const parts = path.split("/");
    if (parts.some((part) => part.startsWith(".")))
      return "files that begin with a dot stay as they are";
    if (parts.includes("node_modules")) return "dependencies stay as they are";
    if (parts.some((_, index) => links.has(parts.slice(0, index + 1).join("/")))) {
      return "a symbolic link stands on its way";
    }
    const role = tests.has(path) ? "test" : classify(path);
    if (role === "test") {
      return goal.mayChangeTests
        ? null
        : "tests stay as they are, unless --may-change-tests is typed";
    }
    if (role !== "source") return "only source files of JavaScript and TypeScript may be changed";
    return path.startsWith(folder) ? null : `it lies outside the folder ${folder}`;
  };
}

/** Only inside the files of a plan. */
export function restrictTo(paths: readonly string[], policy: ChangePolicy): ChangePolicy {
  const known = new Set(paths);
  return (path) => policy(path) ?? (known.has(path) ? null : "the plan does not name it");
}

/** Relative, POSIX, without `.`, `..`, empty parts, backslashes or control characters. */
function isPlainPath(path: string): boolean {
  if (path.length > MOST_PATH || /[\\\p{Cc}]|^[A-Za-z]:|^\//u.test(path)) return false;
  return path.split("/").every((part) => part !== "" && part !== "." && part !== "..");
}

/** Those of the paths, and of the folders on their way, that are symbolic links. */
export async function findLinks(
  root: string,
  paths: readonly string[],
): Promise<ReadonlySet<string>> {
  const all = new Set(
    paths.flatMap((path) => {
      const parts = path.split("/");
      return parts.map((_, index) => parts.slice(0, index + 1).join("/"));
    }),
  );
  const links = new Set<string>();
  for (const path of all) {
    const stats = await lstat(join(root, path)).catch(() => null);
    if (stats?.isSymbolicLink() === true) links.add(path);
  }
  return links;
}
