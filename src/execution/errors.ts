import { RegooseError } from "../kernel/errors.ts";

/** RGS-7101: the runner needs child processes, which the sandbox level forbids. */
export class RunnerNeedsNamespace extends RegooseError {
  constructor(runner: string, level: string) {
    super("RunnerNeedsNamespace", `${runner} cannot run at the sandbox level ${level}`, {
      code: "RGS-7101",
      errorClass: "permanent",
      hint: "install bubblewrap, or use --framework node or mocha",
      details: { runner, level },
    });
  }
}
