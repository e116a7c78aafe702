import { RegooseError } from "../../kernel/errors.ts";

/** RGS-1010: no run has this id, prefix or artifact. */
export function createRunNotFound(text: string, known: readonly string[]): RegooseError {
  return new RegooseError("RunNotFound", `no run matches "${text}"`, {
    code: "RGS-1010",
    errorClass: "user",
    hint:
      known.length === 0
        ? "this project has no runs yet: type `regoose generate` first"
        : `known runs: ${known.slice(0, 5).join(", ")}; \`regoose runs list\` shows all`,
  });
}

/** RGS-7010: the run folder cannot be written (read-only project, full disk). */
export function createRunFolderUnwritable(folder: string, cause: unknown): RegooseError {
  return new RegooseError("RunFolderUnwritable", `cannot write the run folder ${folder}`, {
    code: "RGS-7010",
    errorClass: "permanent",
    hint: "make the project writable and check the free disk space, or work on a copy of it",
    cause,
  });
}
