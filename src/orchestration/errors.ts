import { RegooseError, type SideEffect } from "../kernel/errors.ts";

/** RGS-1018: another process works on the run now; this one must not go on. */
export function createLostOwnership(runId: string, why: string): RegooseError {
  return new RegooseError("RGS-1018", `another process took over the run ${runId} (${why})`, {
    hint: `\`regoose runs show ${runId}\` says how it went on there`,
    details: { runId },
  });
}

/** RGS-1019: an Action did not end within its own limit. */
export function createActionTimedOut(
  step: string,
  limitMs: number,
  sideEffect: SideEffect,
): RegooseError {
  return new RegooseError("RGS-1019", `the step "${step}" took longer than ${String(limitMs)} ms`, {
    hint: "run again when the machine is less busy",
    sideEffect,
    details: { step },
  });
}

/** RGS-1020: the run has no step of that name, or no result of the steps before it. */
export function createNoSuchStep(step: string, known: readonly string[]): RegooseError {
  return new RegooseError("RGS-1020", `the run cannot start from the step "${step}"`, {
    hint: `it can start from: ${known.join(", ")}`,
    details: { step },
  });
}

/** RGS-1021: a step was given an input, or has a stored result, of another shape than it takes. */
export function createStepDataInvalid(
  step: string,
  what: "input" | "result",
  reason: string,
): RegooseError {
  return new RegooseError(
    "RGS-1021",
    `the ${what} of the step "${step}" has the wrong shape: ${reason}`,
    {
      hint:
        what === "input"
          ? "`regoose runs show RUN --json` shows the names of its fields"
          : `type \`regoose rerun RUN --from ${step}\`: what is stored is of another version`,
      details: { step },
    },
  );
}
