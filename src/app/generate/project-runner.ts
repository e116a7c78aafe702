import { createRunnerAdapter } from "../../adapters/runner/create-runner-adapter.ts";
import { toRunnerName, type AnyRunner, type ProjectInfo } from "../../contract/project.ts";
import { createTestRunner } from "../../execution/create-test-runner.ts";
import type { Clock } from "../../kernel/clock.ts";
import type { TestRunner } from "../../ports/runner.ts";
import type { Telemetry } from "../../ports/telemetry.ts";
import { observeRunner } from "../../telemetry/observe-runner.ts";
import type { Ground, Stage } from "./prepare.ts";

/** The project's runner, in the run's sandbox, on the private copy. */
export async function createProjectRunner(
  deps: { readonly clock: Clock; readonly telemetry: Telemetry },
  ground: Pick<Stage, "sandbox" | "staged"> & Partial<Pick<Ground, "language">>,
  input: {
    readonly project: ProjectInfo;
    readonly runner: AnyRunner;
    readonly concurrency: number;
  },
): Promise<TestRunner> {
  const { language = null } = ground;
  if (language !== null) return observeRunner(language.runner, deps.telemetry);
  const adapter = createRunnerAdapter(toRunnerName(input.runner));
  const runner = createTestRunner(
    { sandboxes: ground.sandbox, clock: deps.clock, adapter },
    {
      project: input.project,
      baseLayer: ground.staged.folder,
      scratchFolder: await ground.staged.createLayer("scratch"),
      concurrency: input.concurrency,
    },
  );
  return observeRunner(runner, deps.telemetry);
}
