import { RegooseError } from "../../kernel/errors.ts";

/** RGS-1010: no run has this id, prefix or artifact. */
export function createRunNotFound(text: string, known: readonly string[]): RegooseError {
  return new RegooseError("RGS-1010", `no run matches "${text}"`, {
    hint:
      known.length === 0
        ? "this project has no runs yet: type `regoose generate` first"
        : `known runs: ${known.slice(0, 5).join(", ")}; \`regoose runs list\` shows all`,
  });
}

/** RGS-7010: the run folder cannot be written (read-only project, full disk). */
export function createRunFolderUnwritable(folder: string, cause: unknown): RegooseError {
  return new RegooseError("RGS-7010", `cannot write the run folder ${folder}`, {
    hint: "make the project writable and check the free disk space, or work on a copy of it",
    cause,
  });
}

/** RGS-1014: another live process works on this run. */
export function createRunBusy(runId: string, owner: string): RegooseError {
  return new RegooseError("RGS-1014", `the run ${runId} is being worked on by ${owner}`, {
    hint: "wait until it ends, or stop that process first",
    details: { runId },
  });
}

/** RGS-1016: the result of a step is too large to be kept. */
export function createArtifactTooLarge(
  length: number,
  limits: { readonly maxLength: number },
): RegooseError {
  const toMegabytes = (characters: number): string => String(Math.ceil(characters / 2 ** 20));
  return new RegooseError(
    "RGS-1016",
    `a result of ${toMegabytes(length)} million characters is more than the ${toMegabytes(limits.maxLength)} that a run keeps`,
    {
      hint: "generate for one folder or file of the project at a time",
    },
  );
}

/** RGS-1017: a stored result does not have the hash it is named by. */
export function createArtifactDamaged(runId: string, hash: string): RegooseError {
  return new RegooseError(
    "RGS-1017",
    `a stored result of the run ${runId} is damaged: ${hash.slice(0, 12)}`,
    {
      hint: `\`regoose rerun ${runId}\` starts again from the step before it; check the disk`,
      details: { runId },
    },
  );
}
