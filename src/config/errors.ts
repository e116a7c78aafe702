import { RegooseError } from "../kernel/errors.ts";

/** One thing wrong with the configuration, at the place where it stands. */
export interface ConfigProblem {
  /** File path as shown to people, `environment` or `command line`. */
  readonly source: string;
  /** 1-based; null where the source has no lines. */
  readonly line: number | null;
  /** 1-based. */
  readonly column: number | null;
  readonly message: string;
}

/** All problems of all configuration sources at once. */
export function configInvalid(problems: readonly ConfigProblem[]): RegooseError {
  const count = problems.length === 1 ? "1 problem" : `${problems.length} problems`;
  return new RegooseError(
    "RGS-2001",
    `the configuration has ${count}\n${problems.map(formatProblem).join("\n")}`,
    {
      hint: "regoose init writes a commented configuration with every key.",
      details: { problems },
    },
  );
}

/** `file:line:column: message`. */
export function formatProblem(problem: ConfigProblem): string {
  const place =
    problem.line === null
      ? ""
      : `:${problem.line}${problem.column === null ? "" : `:${problem.column}`}`;
  return `${problem.source}${place}: ${problem.message}`;
}

/** A configuration file that exists but cannot be read. */
export function configUnreadable(path: string, why: string, cause?: unknown): RegooseError {
  return new RegooseError("RGS-2002", `cannot read ${path}: ${why}`, {
    hint: "Make it a regular, readable file of less than 1 MB, or remove it.",
    cause,
    details: { path },
  });
}

/** Text that is no duration. */
export function invalidDuration(text: string): RegooseError {
  return new RegooseError("RGS-2003", `"${text.slice(0, 60)}" is not a duration`, {
    hint: "Write a number with ms, s, m or h, such as 500ms, 60s or 2m; a plain number means seconds.",
  });
}

/** A key that the reference does not have. */
export function unknownConfigKey(key: string, near: string | null): RegooseError {
  return new RegooseError("RGS-2004", `there is no configuration key "${key.slice(0, 80)}"`, {
    hint:
      near === null
        ? "`regoose config print` lists the keys; docs/configuration.md explains them."
        : `Did you mean ${near}?`,
  });
}

/** A secret that is not where its reference says. The reason never repeats a secret or an argument. */
export function secretUnavailable(what: string, why: string, hint: string): RegooseError {
  return new RegooseError("RGS-2005", `${what}: ${why}`, {
    hint,
    details: { why },
  });
}
