import { RegooseError } from "../kernel/errors.ts";

/** RGS-7102: the runner that was asked for is not there. */
export function createRunnerNotInstalled(
  runner: string,
  root: string,
  hint = "install the project's dependencies, such as by `npm ci`, or choose another runner with --framework",
): RegooseError {
  return new RegooseError("RGS-7102", `${runner} is not installed in ${root}`, {
    hint,
    details: { runner, root },
  });
}

/** RGS-7103: what a project brings for its tests, such as a virtual environment, cannot be used. */
export function createDependenciesUnusable(why: string, root: string, hint: string): RegooseError {
  return new RegooseError("RGS-7103", why, { hint, details: { root } });
}

/** RGS-7101: the runner needs child processes, which the sandbox level forbids. */
export class RunnerNeedsNamespace extends RegooseError {
  constructor(
    runner: string,
    level: string,
    hint = "install bubblewrap, or use --framework node or mocha",
  ) {
    super("RGS-7101", `${runner} cannot run at the sandbox level ${level}`, {
      hint,
      details: { runner, level },
    });
  }
}
