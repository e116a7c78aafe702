import { RegooseError, toErrno } from "../../kernel/errors.ts";

/** RGS-3001: another live process writes the same suite. */
export function createOutputBusy(folder: string, owner: string): RegooseError {
  const pid = owner.split(":")[0] ?? "";
  return new RegooseError(
    "RGS-3001",
    `another regoose${pid === "" ? "" : ` (process ${pid})`} is writing ${folder}`,
    {
      hint: "wait until it has finished, or choose another folder with --out",
      details: { folder, owner },
    },
  );
}

/** RGS-3002: writing would lose something of the user's. */
export function createOutputConflict(folder: string, files: readonly string[]): RegooseError {
  return new RegooseError(
    "RGS-3002",
    `${folder} holds files that were edited by hand or are not Regoose's: ${files.join(", ")}`,
    {
      hint: "move your edits to a file of your own (such files are kept), or choose another folder with --out",
      details: { folder, files },
    },
  );
}

/** RGS-3003: the suite folder cannot be written. */
export function createOutputUnwritable(folder: string, cause: unknown): RegooseError {
  const errno = toErrno(cause);
  return new RegooseError("RGS-3003", `cannot write ${folder} (${errno ?? String(cause)})`, {
    hint:
      errno === "ENOSPC" || errno === "EDQUOT"
        ? "the disk is full: free some space and run again"
        : "make the folder writable, choose another with --out, or look first with --dry-run",
    details: { folder },
    cause,
  });
}

/** RGS-3012: the proof file of a suite cannot be read. */
export function createProofDamaged(folder: string, reason: string, cause: unknown): RegooseError {
  return new RegooseError("RGS-3012", `the regoose.proof.json in ${folder} is damaged: ${reason}`, {
    hint: "restore it from version control, or delete the folder and generate again",
    details: { folder },
    cause,
  });
}
