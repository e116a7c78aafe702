import { tmpdir } from "node:os";
import type { HarnessConfig } from "../contract/harness.ts";
import type { ProjectInfo, RunnerName } from "../contract/project.ts";
import type { TestRunReport } from "../contract/test-run.ts";
import { createDeadline, type Clock } from "../kernel/clock.ts";
import type { TestRunner, TestRunRequest } from "../ports/runner.ts";
import type { RunnerAdapter } from "../ports/runner-adapter.ts";
import type { SandboxBackend, SandboxLimits } from "../ports/sandbox.ts";
import { canJoin, runGroups } from "./run-groups.ts";
import { requireLevel } from "./require-level.ts";
import { runPairs } from "./run-pairs.ts";
import { openProcessStarter, type ProcessHost, type ProcessOutcome } from "./runner-process.ts";
import { toReport } from "./to-report.ts";

export interface TestRunnerDeps {
  readonly sandboxes: SandboxBackend;
  readonly clock: Clock;
  /** The adapter of the runner to drive. */
  readonly adapter: RunnerAdapter;
}

export interface TestRunnerOptions {
  readonly project: ProjectInfo;
  /** Host folder: a staged copy of the project without `node_modules`. */
  readonly baseLayer: string;
  /** Host folder for short-lived layers; an unprivileged user must be able to reach it. @defaultValue the system's temp folder */
  readonly scratchFolder?: string;
  readonly limits?: Partial<SandboxLimits>;
  /** Runner processes side by side; no result depends on it. @defaultValue 2 */
  readonly concurrency?: number;
}

const MIB = 1024 * 1024;

/** Limits that the four runners were measured to live within. */
export const RUNNER_LIMITS: SandboxLimits = {
  memoryBytes: 2048 * MIB,
  totalMemoryBytes: 4096 * MIB,
  processes: 256,
  fileBytes: 256 * MIB,
  workBytes: 1024 * MIB,
  outputBytes: 4 * MIB,
};

/**
 * Runs test files with the project's runner, each process on a fresh work copy in a sandbox. What
 * the target does ends up in the report, never in an exception.
 *
 * @throws RunnerNeedsNamespace (RGS-7101) when the runner cannot work at the backend's level
 * @throws SandboxSetupFailed (RGS-7002) from `run` when a sandbox cannot be built
 */
export function createTestRunner(deps: TestRunnerDeps, options: TestRunnerOptions): TestRunner {
  const { adapter, sandboxes, clock } = deps;
  requireLevel(adapter, sandboxes.level);
  const host: ProcessHost = {
    sandboxes,
    adapter,
    project: options.project,
    baseLayer: options.baseLayer,
    scratchFolder: options.scratchFolder ?? tmpdir(),
    limits: { ...RUNNER_LIMITS, ...options.limits },
  };
  const concurrency = options.concurrency ?? 2;
  const runner: RunnerName = adapter.name;
  return {
    runner,
    run: async (request, { signal }) => {
      const startedAt = clock.monotonic();
      const deadline = createDeadline(clock, request.timeoutMs);
      await using starter = await openProcessStarter(host, request);
      if (request.mode.kind === "mutants") {
        const run = {
          starter,
          takesManyFiles: adapter.takesManyFiles || canJoin(adapter, request),
          concurrency,
          deadline,
          signal,
        };
        const report = await runPairs(run, request, request.mode);
        return { ...EMPTY_REPORT, ...report, durationMs: clock.monotonic() - startedAt };
      }
      const run = (files: readonly string[], limitMs: number): Promise<ProcessOutcome> =>
        starter.run(toHarness(request, files), limitMs, signal);
      const outcomes = await runGroups({ run, deadline, concurrency, adapter }, request);
      return toReport(request, outcomes, clock.monotonic() - startedAt);
    },
  };
}

const EMPTY_REPORT: TestRunReport = {
  end: { kind: "finished" },
  tests: [],
  strayErrors: [],
  coverage: null,
  perTest: null,
  mutantsByTest: null,
  mutantsAtLoad: null,
  pairs: [],
  durationMs: 0,
  output: "",
};

function toHarness(
  { mode, clockShiftMs }: TestRunRequest,
  files: readonly string[],
): Omit<HarnessConfig, "workPath"> {
  return {
    mode: mode.kind,
    files,
    clockShiftMs,
    shuffleSeed: mode.kind === "plain" ? mode.shuffleSeed : null,
    // What is measured test by test settles, so that each test answers for what it leaves behind.
    settles: mode.kind !== "plain" || mode.settles === true,
    bodyLimitMs: mode.kind === "coverage" ? (mode.bodyLimitMs ?? null) : null,
    pairs: [],
    stopAtFirstKill: false,
    pairTimeoutMs: 0,
  };
}
