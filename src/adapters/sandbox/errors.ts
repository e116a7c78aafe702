import { RegooseError } from "../../kernel/errors.ts";

/** RGS-7001: no sandbox of the wanted level works on this machine. */
export class SandboxUnavailable extends RegooseError {
  constructor(message: string, hint: string, details: Readonly<Record<string, unknown>> = {}) {
    super("RGS-7001", message, {
      hint,
      details,
    });
  }
}

/** RGS-7002: the sandbox itself could not be built; the command inside never started. */
export class SandboxSetupFailed extends RegooseError {
  constructor(message: string, hint: string, cause?: unknown) {
    super("RGS-7002", message, {
      hint,
      ...(cause === undefined ? {} : { cause }),
    });
  }
}

/** RGS-7003: a line was sent to a sandboxed process that has ended. */
export class SandboxProcessGone extends RegooseError {
  constructor(backend: string) {
    super("RGS-7003", `the process in the ${backend} sandbox has ended`, {
      hint: "await `ended` for the reason, then start another process",
    });
  }
}
