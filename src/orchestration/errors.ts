import { RegooseError } from "../kernel/errors.ts";

/** RGS-1018: another process works on the run now; this one must not go on. */
export function createLostOwnership(runId: string, why: string): RegooseError {
  return new RegooseError("LostOwnership", `another process took over the run ${runId} (${why})`, {
    code: "RGS-1018",
    errorClass: "permanent",
    hint: `\`regoose runs show ${runId}\` says how it went on there`,
    details: { runId },
  });
}

/** RGS-1019: an Action did not end within its own limit. */
export function createActionTimedOut(step: string, limitMs: number): RegooseError {
  return new RegooseError(
    "ActionTimedOut",
    `the step "${step}" took longer than ${String(limitMs)} ms`,
    {
      code: "RGS-1019",
      errorClass: "transient",
      hint: "run again when the machine is less busy",
      details: { step },
    },
  );
}

/** RGS-1020: the run has no step of that name, or no result of the steps before it. */
export function createNoSuchStep(step: string, known: readonly string[]): RegooseError {
  return new RegooseError("NoSuchStep", `the run cannot start from the step "${step}"`, {
    code: "RGS-1020",
    errorClass: "user",
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
    "StepDataInvalid",
    `the ${what} of the step "${step}" has the wrong shape: ${reason}`,
    {
      code: "RGS-1021",
      errorClass: "user",
      hint:
        what === "input"
          ? "`regoose runs show RUN --json` shows the names of its fields"
          : `type \`regoose rerun RUN --from ${step}\`: what is stored is of another version`,
      details: { step },
    },
  );
}
