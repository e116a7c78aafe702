import type { GenerateData } from "../contract/envelope.ts";
import { RegooseError, toErrno, toMessage } from "../kernel/errors.ts";

/** An error that ended a run, under its own name and code, with what the run had until then. */
export class RunFailure extends RegooseError {
  readonly runId: string;
  /** Null where the run had not come as far as candidates. */
  readonly partial: GenerateData | null;

  constructor(error: RegooseError, runId: string, partial: GenerateData | null) {
    const { name, message, code, errorClass, hint, retryable, details } = error;
    super(name, message, {
      code,
      errorClass,
      ...(hint === undefined ? {} : { hint }),
      retryable,
      details: { ...details, runId },
      cause: error,
    });
    this.runId = runId;
    this.partial = partial;
  }
}

/** RGS-2020: an engine that this version does not have. */
export function createEngineUnavailable(engine: string): RegooseError {
  return new RegooseError(
    "EngineUnavailable",
    `the engine "${engine}" is not part of this version`,
    {
      code: "RGS-2020",
      errorClass: "configuration",
      hint: "use --engine search (or auto): it needs no model, no key and no network",
    },
  );
}

/** RGS-2021: targets of one command must share a project. */
export function createMixedProjects(roots: readonly string[]): RegooseError {
  return new RegooseError(
    "MixedProjects",
    `the targets lie in different projects: ${roots.join(", ")}`,
    {
      code: "RGS-2021",
      errorClass: "user",
      hint: "run regoose once for each project",
    },
  );
}

/** RGS-2022: the suite must lie inside the project, where its imports resolve. */
export function createOutsideProject(folder: string, root: string): RegooseError {
  return new RegooseError(
    "OutputOutsideProject",
    `--out ${folder} lies outside the project ${root}`,
    {
      code: "RGS-2022",
      errorClass: "user",
      hint: "choose a folder inside the project",
    },
  );
}

/** RGS-3010: every entry module failed to load, so nothing could be executed. */
export function createNothingLoads(failures: Readonly<Record<string, string>>): RegooseError {
  const [first] = Object.entries(failures);
  const text = first === undefined ? "no module" : `${first[0]}: ${first[1]}`;
  return new RegooseError("TargetDoesNotLoad", `the target cannot be imported: ${text}`, {
    code: "RGS-3010",
    errorClass: "user",
    hint: "make `node -e \"import('./the/file')\"` work first: install missing dependencies, or choose a file that can be imported",
    details: { failures },
  });
}

/** RGS-1013: the run was stopped or failed before it had anything to report. */
export function createRunUnfinished(runId: string, cause: unknown): RegooseError {
  return new RegooseError("RunUnfinished", `the run ${runId} ended before it had a report`, {
    code: "RGS-1013",
    errorClass: "user",
    hint: `\`regoose runs show ${runId}\` says how it ended; name another run, or generate again`,
    details: { runId },
    cause,
  });
}

/** RGS-1022: the run cannot be taken up again. */
export function createNotResumable(runId: string, why: string): RegooseError {
  return new RegooseError("NotResumable", `the run ${runId} cannot go on: ${why}`, {
    code: "RGS-1022",
    errorClass: "user",
    hint: "type `regoose generate` to begin anew",
    details: { runId },
  });
}

/** RGS-1023: results of steps that are done speak of other sources than there are now. */
export function createSourcesChanged(runId: string, files: readonly string[]): RegooseError {
  const more = files.length > 3 ? ` and ${String(files.length - 3)} more` : "";
  return new RegooseError(
    "SourcesChanged",
    `sources changed since the run ${runId} began: ${files.slice(0, 3).join(", ")}${more}`,
    {
      code: "RGS-1023",
      errorClass: "user",
      hint: `type \`regoose rerun ${runId}\` for a new run of the same command, or undo the changes`,
      details: { runId, files },
    },
  );
}

/** RGS-3011: DIR holds no suite of Regoose's. */
export function createNoSuite(folder: string): RegooseError {
  return new RegooseError(
    "NoSuite",
    `no regoose.proof.json in ${folder} or in the suite folder of its project`,
    {
      code: "RGS-3011",
      errorClass: "user",
      hint: "type `regoose generate` first, or name the folder that holds the suite",
    },
  );
}

/** RGS-2023: `--code` without any code. */
export function createNoCode(): RegooseError {
  return new RegooseError("NoCode", "no source text was given", {
    code: "RGS-2023",
    errorClass: "user",
    hint: "pass --code TEXT, or pipe the text in and name the target `-`",
  });
}

/** RGS-7013: there is no room for the run's own files. */
function createDiskFull(cause: unknown): RegooseError {
  return new RegooseError("DiskFull", `no space is left on the disk: ${toMessage(cause)}`, {
    code: "RGS-7013",
    errorClass: "permanent",
    hint: "free some space in the project and in the temporary folder (TMPDIR), and run again",
    cause,
  });
}

/** The same error with the run it ended; anything not thrown on purpose becomes RGS-9001. */
export function toRunFailure(
  thrown: unknown,
  runId: string,
  partial: GenerateData | null,
): RunFailure {
  return new RunFailure(toNamedError(thrown), runId, partial);
}

function toNamedError(thrown: unknown): RegooseError {
  const errno = toErrno(thrown);
  if (errno === "ENOSPC" || errno === "EDQUOT") return createDiskFull(thrown);
  if (thrown instanceof RegooseError) return thrown;
  return new RegooseError("InternalDefect", `this is a defect of Regoose: ${toMessage(thrown)}`, {
    code: "RGS-9001",
    errorClass: "defect",
    hint: `please report it with this trace:\n${thrown instanceof Error ? (thrown.stack ?? "") : ""}`,
    cause: thrown,
  });
}

/** RGS-7012: a configuration file cannot be written. */
export function createConfigUnwritable(path: string, cause: unknown): RegooseError {
  return new RegooseError(
    "ConfigUnwritable",
    `cannot write ${path} (${toErrno(cause) ?? String(cause)})`,
    {
      code: "RGS-7012",
      errorClass: "permanent",
      hint: "make the folder writable",
      cause,
    },
  );
}
