import { existsSync } from "node:fs";
import { readFile, realpath, stat } from "node:fs/promises";
import { basename, dirname, extname, join, relative, resolve, sep } from "node:path";

import type { Language } from "../../contract/language.ts";
import type { ProjectInfo } from "../../contract/project.ts";
import { emptyPackage, targetNotFound, unsupportedTarget } from "../errors.ts";
import { openTree } from "../files/tree.ts";

/** A project of another language, as far as Regoose has to know it. */
export interface LanguageProject extends ProjectInfo {
  /** Project-relative files to test. */
  readonly targets: readonly string[];
  /** Import path that `go.mod` names; null elsewhere. */
  readonly goModule: string | null;
}

/** Files that mark the root of a project, by runner. */
const MARKERS: Readonly<Record<Language["runner"], readonly string[]>> = {
  pytest: ["pyproject.toml", "setup.cfg", "setup.py", "pytest.ini", "tox.ini"],
  "go-test": ["go.mod"],
  command: [],
};

const EXTENSIONS: Readonly<Record<Language["runner"], string | null>> = {
  pytest: ".py",
  "go-test": ".go",
  command: null,
};

/**
 * Finds the project of a target by reading files; runs none of them. The target is a source file, or a folder with
 * some where the language says which those are.
 * @throws TargetNotFound (RGS-1001), EmptyPackage (RGS-1002), UnsupportedTarget (RGS-1007)
 */
export async function detectLanguageProject(
  text: string,
  cwd: string,
  language: Language,
): Promise<LanguageProject> {
  const path = await realpath(resolve(cwd, text)).catch(() => null);
  if (path === null) throw targetNotFound(text, resolve(cwd, text));
  const isFolder = (await stat(path)).isDirectory();
  const extension = EXTENSIONS[language.runner] ?? (isFolder ? null : extname(path));
  if (extension === null) {
    throw unsupportedTarget(text, `in ${language.name} only a source file can be named`);
  }
  const root = findRoot(isFolder ? path : dirname(path), await realpath(cwd), language);
  const tree = await openTree(root);
  const own = tree.files.filter((file) => file.endsWith(extension) && !isAside(file));
  const sources = own.filter((file) => !isTest(file));
  const inside = relative(root, path).split(sep).join("/");
  if (!isFolder && (extname(path) !== extension || isTest(inside))) {
    const why = extname(path) === extension ? "it is a test itself" : `it is no ${extension} file`;
    throw unsupportedTarget(text, why);
  }
  const targets = isFolder
    ? sources.filter((file) => inside === "" || file.startsWith(`${inside}/`))
    : [inside];
  if (targets.length === 0) throw emptyPackage(path, `it holds no ${extension} file to test`);
  return {
    ...toBlankProject(root),
    ...{ targets, sourceFiles: targets },
    testFiles: own.filter((file) => isTest(file) && isCollected(file, language)),
    testsFolder: tree.hasFolder("test") && !tree.hasFolder("tests") ? "test" : "tests",
    goModule: language.runner === "go-test" ? await readGoModule(root) : null,
  };
}

/** A project of which only the folder is known: what only JavaScript projects have says nothing here. */
export function toBlankProject(root: string): ProjectInfo {
  const name = basename(root);
  return { ...NEUTRAL, root, name, sourceFiles: [], testFiles: [], testsFolder: "tests" };
}

const NEUTRAL: Omit<ProjectInfo, "root" | "name" | "sourceFiles" | "testFiles" | "testsFolder"> = {
  ...{ version: null, repository: null, isTypeScript: false, isRunnerDetected: false },
  ...{ runnerBinPath: null, entryPoints: [], testScript: null, dependencyFolders: [] },
  ...{ formatter: null, tsconfigPath: null },
  system: "esm",
  packageManager: "npm",
  runner: "node",
};

/** The nearest folder upwards with a marker; else where the user stands, if that holds the target. */
function findRoot(from: string, cwd: string, { runner }: Language): string {
  for (let folder = from; ; folder = dirname(folder)) {
    if (MARKERS[runner].some((name) => existsSync(join(folder, name)))) return folder;
    if (dirname(folder) === folder) break;
  }
  return `${from}/`.startsWith(`${cwd}/`) ? cwd : from;
}

/** Folders whose files are others' or made by tools. */
function isAside(file: string): boolean {
  return /(?:^|\/)(?:vendor|testdata|site-packages|build|dist|docs|examples|migrations)\//u.test(
    file,
  );
}

/** What is never a target: tests, what helps them, and what builds the project. */
function isTest(file: string): boolean {
  return (
    /(?:^|\/)tests?\//u.test(file) ||
    /(?:^|\/)(?:test_[^/]*|conftest)\.py$|_test\.\w+$|[._-](?:test|spec)\.\w+$|\.t$/u.test(file) ||
    /(?:^|\/)(?:setup|noxfile)\.py$/u.test(file)
  );
}

/** pytest runs files of two names only: helpers beside them, such as `conftest.py`, hold no test. */
function isCollected(file: string, { runner }: Language): boolean {
  return runner !== "pytest" || /^(?:test_.*|.*_test)\.py$/u.test(basename(file));
}

async function readGoModule(root: string): Promise<string | null> {
  const text = await readFile(join(root, "go.mod"), "utf8").catch(() => "");
  return /^module[ \t]+"?([^\s"]+)"?/mu.exec(text)?.[1] ?? null;
}
