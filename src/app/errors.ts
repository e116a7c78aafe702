import type { GenerateData } from "../contract/envelope.ts";
import type { ProjectInfo } from "../contract/project.ts";
import { isSentenceOf } from "../contract/to-sentence.ts";
import { RegooseError, toErrno, toMessage } from "../kernel/errors.ts";

/** An error that ended a run, under its own name and code, with what the run had until then. */
export class RunFailure extends RegooseError {
  readonly runId: string;
  /** Null where the run had not come as far as candidates. */
  readonly partial: GenerateData | null;

  constructor(error: RegooseError, runId: string, partial: GenerateData | null) {
    const { code, message, hint, retryable, retryAfterMs, sideEffect, correlationId } = error;
    super(code, message, {
      hint,
      retryable,
      retryAfterMs,
      sideEffect,
      correlationId,
      details: { ...error.details, runId },
      cause: error,
    });
    this.runId = runId;
    this.partial = partial;
  }
}

/** RGS-2020: an engine that cannot work here. */
export function createEngineUnavailable(engine: string, why: string): RegooseError {
  return new RegooseError("RGS-2020", `the engine "${engine}" cannot work here: ${why}`, {
    hint: "name a provider with --provider, --model or --base-url (`regoose llm test` tries it), or use --engine search: it needs no model, no key and no network",
  });
}

/** RGS-2020: nothing but a model writes tests in another language. */
export function createOnlyModelsWrite(language: string): RegooseError {
  return new RegooseError(
    "RGS-2020",
    `only models write tests in ${language}: the search engine knows JavaScript and TypeScript`,
    {
      hint: "name a provider with --provider, --model or --base-url (`regoose llm test` tries it), and leave --engine search out",
      details: { language },
    },
  );
}

/** RGS-2025: how tests of a language are run is not known. */
export function createTestCommandMissing(language: string): RegooseError {
  return new RegooseError("RGS-2025", `nobody said how tests in ${language} are run`, {
    hint: 'name the command with --test-command, such as "perl {file}"; a project\'s own file may not set it',
    details: { language },
  });
}

/** RGS-2021: targets of one command must share a project. */
export function createMixedProjects(roots: readonly string[]): RegooseError {
  return new RegooseError(
    "RGS-2021",
    `the targets lie in different projects: ${roots.join(", ")}`,
    {
      hint: "run regoose once for each project",
    },
  );
}

/** RGS-2022: the suite must lie inside the project, where its imports resolve. */
export function createOutsideProject(folder: string, root: string): RegooseError {
  return new RegooseError("RGS-2022", `--out ${folder} lies outside the project ${root}`, {
    hint: "choose a folder inside the project",
  });
}

/** RGS-1002: `include` and `exclude` leave no source file. */
export function createNothingIncluded(
  { root, sourceFiles }: Pick<ProjectInfo, "root" | "sourceFiles">,
  globs: { readonly include: readonly string[]; readonly exclude: readonly string[] },
): RegooseError {
  const said = Object.entries(globs)
    .filter(([, list]) => list.length > 0)
    .map(([key, list]) => `${key}: [${list.join(", ")}]`);
  const [first = ""] = sourceFiles;
  return new RegooseError(
    "RGS-1002",
    `nothing to test in ${root}: ${said.join(" and ")} in the configuration leaves none of its ` +
      `${String(sourceFiles.length)} source files, such as ${first}`,
    {
      hint: "`regoose config print --origin` says where the setting stands; globs start at the project's root",
      details: { root, ...globs },
    },
  );
}

/**
 * RGS-3010: every entry module failed to load, so nothing could be executed. `unread`: sentences on sources that
 * could not be read or parsed; Node does not say in which ES module a syntax error is.
 */
export function createNothingLoads(
  failures: Readonly<Record<string, string>>,
  unread: readonly string[],
): RegooseError {
  const [first] = Object.entries(failures);
  const text = first === undefined ? "no module" : `${first[0]}: ${first[1]}`;
  const unparsed = first?.[1].startsWith("SyntaxError")
    ? unread.filter((sentence) => isSentenceOf("file-plain", sentence)).slice(0, 3)
    : [];
  const message = ["the target cannot be imported: " + text, ...unparsed].join("; ");
  return new RegooseError("RGS-3010", message, {
    hint: "make `node -e \"import('./the/file')\"` work first: install missing dependencies, or choose a file that can be imported",
    details: { failures },
  });
}

/** RGS-1024: a run without spans: it is of an earlier release, or telemetry was off. */
export function createTraceMissing(runId: string, cause?: unknown): RegooseError {
  return new RegooseError("RGS-1024", `the run ${runId} has no trace`, {
    hint: "REGOOSE_TELEMETRY=off and runs of earlier releases leave none; generate again",
    details: { runId },
    cause,
  });
}

/** RGS-1013: the run was stopped or failed before it had anything to report. */
export function createRunUnfinished(runId: string, cause: unknown): RegooseError {
  return new RegooseError("RGS-1013", `the run ${runId} ended before it had a report`, {
    hint: `\`regoose runs show ${runId}\` says how it ended; name another run, or generate again`,
    details: { runId },
    cause,
  });
}

/** RGS-1013 as well: reports are about tests, and the run is one of `improve`. */
export function createNoTestReport(runId: string, cause: unknown): RegooseError {
  return new RegooseError(
    "RGS-1013",
    `the run ${runId} has changed code, and wrote no tests to report`,
    {
      hint: `\`regoose runs replay ${runId}\` shows what it came to`,
      details: { runId },
      cause,
    },
  );
}

/** RGS-1022: only the program that has the code of its steps can go on with it. */
export function createNotOurScenario(runId: string, scenario: string): RegooseError {
  return new RegooseError(
    "RGS-1022",
    `the run ${runId} is one of the Scenario "${scenario}", whose steps only the program that defines it can execute`,
    {
      hint:
        `call \`runCustomScenario\` of the package with \`resume: "${runId}"\` to go on, with \`rerun: { run: "${runId}", from }\` ` +
        "to begin again from a step, or `replayCustomScenario` to read its results; `regoose why` and `regoose runs reset` work as they are",
      details: { runId },
    },
  );
}

/** RGS-1022: the run cannot be taken up again. */
export function createNotResumable(runId: string, why: string): RegooseError {
  return new RegooseError("RGS-1022", `the run ${runId} cannot go on: ${why}`, {
    hint: "type `regoose generate` to begin anew",
    details: { runId },
  });
}

/** RGS-1023: results of steps that are done speak of other sources than there are now. */
export function createSourcesChanged(runId: string, files: readonly string[]): RegooseError {
  const more = files.length > 3 ? ` and ${String(files.length - 3)} more` : "";
  return new RegooseError(
    "RGS-1023",
    `sources changed since the run ${runId} began: ${files.slice(0, 3).join(", ")}${more}`,
    {
      hint: `type \`regoose rerun ${runId}\` for a new run of the same command, or undo the changes`,
      details: { runId, files },
    },
  );
}

/** RGS-3011: DIR holds no suite of Regoose's. */
export function createNoSuite(folder: string): RegooseError {
  return new RegooseError(
    "RGS-3011",
    `no regoose.proof.json in ${folder} or in the suite folder of its project`,
    {
      hint: "type `regoose generate` first, or name the folder that holds the suite",
    },
  );
}

/** RGS-2023: `--code` without any code. */
export function createNoCode(): RegooseError {
  return new RegooseError("RGS-2023", "no source text was given", {
    hint: "pass --code TEXT, or pipe the text in and name the target `-`",
  });
}

/** RGS-7013: there is no room for the run's own files. */
function createDiskFull(cause: unknown): RegooseError {
  return new RegooseError("RGS-7013", `no space is left on the disk: ${toMessage(cause)}`, {
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
  return new RegooseError("RGS-9001", `this is a defect of Regoose: ${toMessage(thrown)}`, {
    hint: `please report it with this trace:\n${thrown instanceof Error ? (thrown.stack ?? "") : ""}`,
    cause: thrown,
  });
}

/** RGS-7012: a configuration file cannot be written. */
export function createConfigUnwritable(path: string, cause: unknown): RegooseError {
  return new RegooseError("RGS-7012", `cannot write ${path} (${toErrno(cause) ?? String(cause)})`, {
    hint: "make the folder writable",
    cause,
  });
}

/** RGS-1030: an experiment that nothing knows. */
export function createExperimentNotFound(
  name: string,
  near: string | null,
  known: readonly string[],
): RegooseError {
  const names = known.length === 0 ? "there are none here" : `there are ${known.join(", ")}`;
  return new RegooseError("RGS-1030", `there is no experiment "${name.slice(0, 80)}"`, {
    hint:
      near === null
        ? `${names}; \`regoose config explain experiments\` says how to set one up`
        : `Did you mean ${near}?`,
  });
}

/** RGS-1031: too few units for an interval. */
export function createExperimentTooSmall(
  name: string,
  variants: readonly {
    readonly variant: string;
    readonly exposed: number;
    readonly ended: number;
  }[],
): RegooseError {
  const counts = variants.map(
    ({ variant, exposed, ended }) => `${variant} ${String(ended)} of ${String(exposed)}`,
  );
  return new RegooseError(
    "RGS-1031",
    `the experiment ${name} has too few runs with an outcome to compare: ${counts.join(", ")}`,
    {
      hint: "each variant needs two units with an outcome at the very least: let more runs come to their end, or add other projects by --project DIR",
      details: { variants: counts },
    },
  );
}
