import type { LanguageRunner } from "./language.ts";

/** The test runners Regoose writes for and drives by itself. */
export const RUNNERS = ["node", "vitest", "jest", "mocha"] as const;

export type RunnerName = (typeof RUNNERS)[number];

/** Also those of other languages. */
export type AnyRunner = RunnerName | LanguageRunner;

/** @throws TypeError for a runner of another language, which nobody hands on to where this is asked */
export function toRunnerName(runner: AnyRunner): RunnerName {
  const found = RUNNERS.find((name) => name === runner);
  if (found === undefined) throw new TypeError(`${runner} is no runner of JavaScript`);
  return found;
}

export type ModuleSystem = "commonjs" | "esm";

/** One file of the package that tests may import, as `package.json` names it. */
export interface EntryPoint {
  /** Specifier a user of the package writes: `.`, `./sub`. */
  readonly specifier: string;
  /** Project-relative POSIX path of the file that a test imports (a source file where one stands for a built one). */
  readonly file: string;
  readonly system: ModuleSystem;
}

/** A folder of installed dependencies that the target's imports resolve through. */
export interface DependencyFolder {
  /** Absolute real path on the host. */
  readonly hostPath: string;
  /** Levels above the project root: 0 is the project's own `node_modules`, 1 its parent's, … */
  readonly levelsUp: number;
}

/** How the project formats its code, where Regoose found out. */
export interface FormatterInfo {
  readonly name: "prettier" | "biome";
  /** Absolute path of its executable script. */
  readonly binPath: string;
}

/** What analysis found out about a project without executing any of its code. All paths are POSIX. */
export interface ProjectInfo {
  /** Absolute real path of the folder that holds `package.json`. */
  readonly root: string;
  /** Name in `package.json`, or the folder's name. */
  readonly name: string;
  readonly version: string | null;
  /** `repository` of `package.json` as text, or null. */
  readonly repository: string | null;
  /** Module system of a `.js` file in the project. */
  readonly system: ModuleSystem;
  readonly isTypeScript: boolean;
  readonly packageManager: "npm" | "pnpm" | "yarn" | "bun";
  /** The runner that the user's project uses, or `node` where there is none. */
  readonly runner: RunnerName;
  /** True when the runner was found in the project, false when it is the fallback. */
  readonly isRunnerDetected: boolean;
  /** Absolute path of the runner's executable script; null for `node`. */
  readonly runnerBinPath: string | null;
  readonly entryPoints: readonly EntryPoint[];
  /** Project-relative source files that are the target: never tests, configuration, dependencies or build output. */
  readonly sourceFiles: readonly string[];
  /** Project-relative existing test files. */
  readonly testFiles: readonly string[];
  /** Project-relative folder that holds tests, or the conventional one when there is none yet. */
  readonly testsFolder: string;
  /** The project's own `scripts.test`, or null. */
  readonly testScript: string | null;
  readonly dependencyFolders: readonly DependencyFolder[];
  readonly formatter: FormatterInfo | null;
  /** Project-relative path of `tsconfig.json`, or null. */
  readonly tsconfigPath: string | null;
}
