import { posix } from "node:path";

/** What a path looks like, judged by its name alone. */
export type FileRole = "source" | "test" | "declaration" | "config" | "aside" | "build" | "other";

const SOURCE_EXTENSION = /\.(?:js|cjs|mjs|jsx|ts|cts|mts|tsx)$/;
/** Test folders wherever they stand; the others only at the top, where they cannot be a source's topic. */
const TEST_FOLDERS: ReadonlySet<string> = new Set([
  "test",
  "tests",
  "__tests__",
  "__mocks__",
  "__fixtures__",
]);
const TOP_TEST_FOLDERS: ReadonlySet<string> = new Set([
  "spec",
  "specs",
  "fixtures",
  "e2e",
  "cypress",
  "test-d",
]);
const ASIDE_FOLDERS: ReadonlySet<string> = new Set([
  "example",
  "examples",
  "bench",
  "benchmark",
  "benchmarks",
  "docs",
  "doc",
  "demo",
  "demos",
  "scripts",
  "website",
  "site",
  "vendor",
  "third_party",
  "tmp",
  "temp",
]);
const BUILD_FOLDERS: ReadonlySet<string> = new Set([
  "dist",
  "build",
  "out",
  "coverage",
  "esm",
  "cjs",
  "umd",
  "release",
  "_build",
]);
const CONFIG_NAME =
  /^(?:[\w-]+\.(?:config|conf|setup|rc)|\.[\w-]+|karma\.conf|gulpfile|gruntfile|rakefile|webpack[\w.-]*|rollup[\w.-]*|vite\.[\w.-]*|vitest\.[\w.-]*|jest\.[\w.-]*|babel\.[\w.-]*|eslint\.[\w.-]*|prettier\.[\w.-]*|knexfile|setupTests)$/i;

/** Judges a project-relative POSIX path. */
export function classify(path: string): FileRole {
  if (!SOURCE_EXTENSION.test(path)) return "other";
  const segments = path.split("/");
  const base = segments.pop() ?? "";
  if (/\.d\.[cm]?ts$/.test(base)) return "declaration";
  if (isTestName(base)) return "test";
  const top = segments[0] ?? "";
  if (segments.some((segment) => TEST_FOLDERS.has(segment))) return "test";
  if (TOP_TEST_FOLDERS.has(top)) return "test";
  if (ASIDE_FOLDERS.has(top)) return "aside";
  if (CONFIG_NAME.test(base.replace(SOURCE_EXTENSION, ""))) return "config";
  if (/[.-]min\.[cm]?js$/.test(base)) return "build";
  if (BUILD_FOLDERS.has(top)) return "build";
  if (top !== "src" && top !== "lib" && BUILD_FOLDERS.has(segments[1] ?? "")) return "build";
  return "source";
}

/** `a.test.js`, `a_spec.ts`, `test.js`, `test-foo.js`. */
export function isTestName(base: string): boolean {
  return (
    /(?:[.\-_](?:test|tests|spec|specs|test-d))\.[cm]?[jt]sx?$/.test(base) ||
    /^(?:test|tests|spec)(?:[.\-_][\w.-]+)?\.[cm]?[jt]sx?$/.test(base)
  );
}

/** True where a listed test is likely run by a runner, not a helper or fixture of one. */
export function isLikelyTestFile(path: string): boolean {
  const segments = path.split("/");
  const base = segments.pop() ?? "";
  if (
    segments.some((segment) =>
      /^(?:__mocks__|__fixtures__|fixtures?|helpers?|support)$/.test(segment),
    )
  ) {
    return false;
  }
  if (isTestName(base)) return true;
  return !/^(?:helpers?|utils?|setup|common|index|fixtures?|mocha\.opts)\b/.test(base);
}

/** The first segments of a path that are build folders: `dist/esm/a.js` → `dist/esm`; empty when none. */
export function buildFolderOf(path: string): string {
  const segments = posix.dirname(path).split("/");
  const found: string[] = [];
  for (const segment of segments) {
    if (!BUILD_FOLDERS.has(segment) && segment !== "lib" && segment !== "es") break;
    found.push(segment);
  }
  return found.join("/");
}

export function isSourceName(path: string): boolean {
  return SOURCE_EXTENSION.test(path) && !/\.d\.[cm]?ts$/.test(path);
}
