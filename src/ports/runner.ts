import type { AnyRunner } from "../contract/project.ts";
import type { SourceOverlay } from "../contract/mutant.ts";
import type { TestRunReport } from "../contract/test-run.ts";
import type { SandboxIdentity } from "./sandbox.ts";

/** What a run of the user's runner should observe. */
export type RunMode =
  /**
   * Tests only. `shuffleSeed` null keeps the written order. With `settles`, a test ends some turns of the
   * event loop after its body, so that an error it left behind is held against it where the runner can.
   * `mutant` names the switch id that the overlay has on, for runners whose mutants are patches of text.
   */
  | {
      readonly kind: "plain";
      readonly shuffleSeed: number | null;
      readonly settles?: boolean;
      readonly mutant?: string;
    }
  /**
   * On the coverage build: istanbul data in total and by test; tests settle. A body that is pending for
   * longer than `bodyLimitMs` is red, where the harness wraps bodies (node:test, Mocha).
   */
  | { readonly kind: "coverage"; readonly bodyLimitMs?: number }
  /** On the schemata build: which mutants each test executes; tests settle. */
  | { readonly kind: "mutant-coverage" }
  /**
   * On the schemata build: each listed test body is executed once per listed mutant, in order; a red
   * one is a kill. With `stopAtFirstKill` later tests skip a mutant that already died.
   */
  | {
      readonly kind: "mutants";
      readonly pairs: readonly {
        readonly file: string;
        readonly fullTitle: string;
        readonly switchIds: readonly string[];
      }[];
      readonly stopAtFirstKill: boolean;
      readonly pairTimeoutMs: number;
    };

/** One request to run written test files. */
export interface TestRunRequest {
  /** Test files to write into the work copy before the run: project-relative path → content. */
  readonly testFiles: Readonly<Record<string, string>>;
  /** Which of the files (these or existing ones) to run; project-relative. */
  readonly run: readonly string[];
  /** Replaced source files of the build to run against; empty for the sources as they are. */
  readonly overlay: SourceOverlay;
  readonly mode: RunMode;
  /** IANA zone for TZ. */
  readonly timeZone: string;
  /** Shift of the wall clock seen by the tests, ms; 0 for none. */
  readonly clockShiftMs: number;
  /** Who the tests find themselves to be, where the sandbox can tell them so. @defaultValue first */
  readonly identity?: SandboxIdentity;
  readonly timeoutMs: number;
}

/** Runs test files in a fresh sandbox with the project's runner and reads the results back. */
export interface TestRunner {
  readonly runner: AnyRunner;
  run(request: TestRunRequest, options: { readonly signal: AbortSignal }): Promise<TestRunReport>;
}
