import type { HarnessConfig } from "../contract/harness.ts";
import type { ProjectInfo, RunnerName } from "../contract/project.ts";

/** What one runner process shall do; pure input of a plan. */
export interface RunnerPlanInput {
  readonly project: ProjectInfo;
  /** The work copy's path is left to the script itself, which stands in it. */
  readonly harness: Omit<HarnessConfig, "workPath">;
  /** The runner's executable script, relative to the work copy; null for `node`. */
  readonly binPath: string | null;
  /** True when all files to run were written by Regoose, so that nothing but transforms is needed of the user's set-up. */
  readonly isWrittenSuite: boolean;
  /** Child processes and worker threads are allowed inside (level `namespace`). */
  readonly allowsChildProcesses: boolean;
}

/** One command that runs test files. */
export interface RunnerPlan {
  readonly argv: readonly string[];
  readonly env: Readonly<Record<string, string>>;
  /** Files to add to the work copy: work-relative path → content. */
  readonly files: Readonly<Record<string, string>>;
}

/** Knows one test runner: how to start it on given files so that the harness runs inside it. Executes nothing. */
export interface RunnerAdapter {
  readonly name: RunnerName;
  /** True when it cannot run at the `guarded` level. */
  readonly needsChildProcesses: boolean;
  /** False when each process takes a single test file. */
  readonly takesManyFiles: boolean;
  /**
   * True when it can load several files of ours into one process although the runner gives each a
   * process of its own. What is not green there has to be run again alone before it is believed.
   */
  readonly joinsFiles: boolean;
  plan(input: RunnerPlanInput): Promise<RunnerPlan>;
  /**
   * Work that each process of a request would do over again: files to add to the work copy of all of them, made of
   * those that stand there (work-relative path → content). Left out where there is none.
   */
  prepare?(files: Readonly<Record<string, string>>): Readonly<Record<string, string>>;
}
