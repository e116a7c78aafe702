/** Runners of languages that Regoose has no parser for; `command` is what the user named. */
export const LANGUAGE_RUNNERS = ["pytest", "go-test", "command"] as const;

export type LanguageRunner = (typeof LANGUAGE_RUNNERS)[number];

/** A language other than JavaScript and TypeScript, and how its tests are run. */
export interface Language {
  /** As typed, in lower case: `python`, `go`, `perl`. */
  readonly name: string;
  readonly runner: LanguageRunner;
  /**
   * Words of the command that runs one test file, with `{file}` for its path; null where Regoose knows the runner.
   * It never comes from a project.
   */
  readonly command: readonly string[] | null;
}

/** Where comments and strings of a language begin and end, as far as leaving them alone takes. */
export interface Lexis {
  readonly lineComments: readonly string[];
  readonly blockComments: readonly (readonly [open: string, close: string])[];
  /** Longest first. A string that is not `isLong` ends with its line at the latest. */
  readonly strings: readonly {
    readonly open: string;
    readonly close: string;
    readonly isLong: boolean;
    readonly hasEscapes: boolean;
  }[];
}
