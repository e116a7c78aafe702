import { createRunnerAdapter } from "../../adapters/runner/create-runner-adapter.ts";
import type { ProjectInfo, RunnerName } from "../../contract/project.ts";
import { createTestRunner } from "../../execution/create-test-runner.ts";
import type { Clock } from "../../kernel/clock.ts";
import type { TestRunner } from "../../ports/runner.ts";
import type { Telemetry } from "../../ports/telemetry.ts";
import { observeRunner } from "../../telemetry/observe-runner.ts";
import type { Stage } from "./prepare.ts";

/** The project's runner, in the run's sandbox, on the private copy. */
export async function createProjectRunner(
  deps: { readonly clock: Clock; readonly telemetry: Telemetry },
  ground: Pick<Stage, "sandbox" | "staged">,
  input: {
    readonly project: ProjectInfo;
    readonly runner: RunnerName;
    readonly concurrency: number;
  },
): Promise<TestRunner> {
  const runner = createTestRunner(
    { sandboxes: ground.sandbox, clock: deps.clock, adapter: createRunnerAdapter(input.runner) },
    {
      project: input.project,
      baseLayer: ground.staged.folder,
      scratchFolder: await ground.staged.createLayer("scratch"),
      concurrency: input.concurrency,
    },
  );
  return observeRunner(runner, deps.telemetry);
}
