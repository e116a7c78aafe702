import { RegooseError } from "../kernel/errors.ts";

/** The runner needs child processes, which the sandbox level forbids. */
export class RunnerNeedsNamespace extends RegooseError {
  constructor(runner: string, level: string) {
    super("RunnerNeedsNamespace", `${runner} cannot run at the sandbox level ${level}`, {
      code: "RGS-7101",
      errorClass: "configuration",
      hint: "install bubblewrap, or use --framework node or mocha",
      details: { runner, level },
    });
  }
}
