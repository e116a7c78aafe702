import { RegooseError } from "../kernel/errors.ts";

/** RGS-7101: the runner needs child processes, which the sandbox level forbids. */
export class RunnerNeedsNamespace extends RegooseError {
  constructor(runner: string, level: string) {
    super("RGS-7101", `${runner} cannot run at the sandbox level ${level}`, {
      hint: "install bubblewrap, or use --framework node or mocha",
      details: { runner, level },
    });
  }
}
