import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { createRunnerAdapter } from "../../../src/adapters/runner/create-runner-adapter.ts";
import { createSourceInstrumenter } from "../../../src/adapters/instrument/source-instrumenter.ts";
import { createBubblewrapBackend } from "../../../src/adapters/sandbox/bubblewrap/bubblewrap-backend.ts";
import type { MutantBuild } from "../../../src/contract/mutant.ts";
import type { RunnerName } from "../../../src/contract/project.ts";
import { toTestKey, type TestRunReport } from "../../../src/contract/test-run.ts";
import { createTestRunner } from "../../../src/execution/create-test-runner.ts";
import { createSystemClock } from "../../../src/kernel/clock.ts";
import type { TestRunRequest } from "../../../src/ports/runner.ts";
import type { SandboxBackend, SandboxLimits } from "../../../src/ports/sandbox.ts";
import { toSampleProject } from "../../e2e/matrix-support.ts";

const clock = createSystemClock();
const namespace = createBubblewrapBackend({ clock });
const instrumenter = createSourceInstrumenter();

/** A project of a few files, and the real runner on it. */
export interface ScratchProject extends Disposable {
  run(
    testFiles: Readonly<Record<string, string>>,
    more?: Partial<TestRunRequest>,
    signal?: AbortSignal,
  ): Promise<TestRunReport>;
  /** The schemata build of the given files. */
  mutants(...paths: string[]): Promise<MutantBuild>;
  /** Every pair that a mutant-coverage run finds. */
  pairs(
    testFiles: Readonly<Record<string, string>>,
    build: MutantBuild,
  ): Promise<{ file: string; fullTitle: string; switchIds: string[] }[]>;
}

export function createScratchProject(
  runner: RunnerName,
  files: Readonly<Record<string, string>>,
  options: {
    readonly backend?: SandboxBackend;
    readonly limits?: Partial<SandboxLimits>;
    readonly testScript?: string;
    readonly concurrency?: number;
  } = {},
): ScratchProject {
  const root = mkdtempSync(join(tmpdir(), "regoose-scratch-"));
  const all = { "package.json": `{"name":"scratch"}`, ...files };
  for (const [path, content] of Object.entries(all)) {
    mkdirSync(dirname(join(root, path)), { recursive: true });
    writeFileSync(join(root, path), content);
  }
  const project = {
    ...toSampleProject("commonjs", runner),
    root,
    testScript: options.testScript ?? null,
  };
  const testRunner = createTestRunner(
    { sandboxes: options.backend ?? namespace, clock, adapter: createRunnerAdapter(runner) },
    {
      project,
      baseLayer: root,
      limits: options.limits ?? {},
      concurrency: options.concurrency ?? 2,
    },
  );
  const run: ScratchProject["run"] = (testFiles, more = {}, signal) =>
    testRunner.run(
      {
        testFiles,
        run: Object.keys(testFiles),
        overlay: {},
        mode: { kind: "plain", shuffleSeed: null },
        timeZone: "UTC",
        clockShiftMs: 0,
        timeoutMs: 30_000,
        ...more,
      },
      { signal: signal ?? new AbortController().signal },
    );
  return {
    run,
    mutants: (...paths) =>
      instrumenter.mutantBuild(paths.map((path) => ({ path, content: files[path] ?? "" }))),
    pairs: async (testFiles, build) => {
      const report = await run(testFiles, {
        overlay: build.overlay,
        mode: { kind: "mutant-coverage" },
      });
      return report.tests.map(({ file, fullTitle }) => ({
        file,
        fullTitle,
        switchIds: [...(report.mutantsByTest?.[toTestKey({ file, fullTitle })] ?? [])],
      }));
    },
    [Symbol.dispose]: () => {
      rmSync(root, { recursive: true, force: true });
    },
  };
}
