import { RegooseError } from "../../kernel/errors.ts";

/** RGS-3101: nobody who may spend on a model has named one. */
export function createModelNotNamed(): RegooseError {
  return new RegooseError("RGS-3101", "improve asks a language model, and none was named");
}

/** RGS-3102: the changes hold, and nobody said that they may be written. */
export function createNotConfirmed(runId: string, files: number): RegooseError {
  return new RegooseError(
    "RGS-3102",
    `nothing was changed: ${String(files)} changed files wait for a yes`,
    {
      hint: `\`regoose improve --apply ${runId} --yes\` writes them; \`regoose runs replay ${runId}\` shows them`,
      details: { runId },
    },
  );
}

/** RGS-3103: no change came out that holds. */
export function createGoalNotReached(runId: string, why: string): RegooseError {
  return new RegooseError("RGS-3103", `nothing was changed: ${why}`, { details: { runId } });
}

/** RGS-3104: writing would lose something of the user's. */
export function createFilesChanged(files: readonly string[], what: "apply" | "undo"): RegooseError {
  const when = what === "apply" ? "the run has read them" : "they were written";
  return new RegooseError(
    "RGS-3104",
    `nothing was changed: ${files.join(", ")} changed since ${when}`,
    { details: { files } },
  );
}

/** RGS-3105: the run has no changes to write or take back. */
export function createNoChanges(runId: string, why: string): RegooseError {
  return new RegooseError("RGS-3105", `the run ${runId} ${why}`, { details: { runId } });
}
