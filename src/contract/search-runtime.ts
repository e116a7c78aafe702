/**
 * What instrumented code talks to. The process that runs instrumented code installs an object of
 * this shape as `globalThis.__regoose__` before it loads the first target module; each instrumented
 * file captures it on first use. Where it is absent, the file installs one that never stops anything.
 */
export interface SearchRuntime {
  /**
   * Loop iterations and function entries left. Instrumented code decrements it and calls
   * {@link SearchRuntime.outOfFuel} once it is negative. Keep it a 31-bit integer, so that the
   * engine stores it without allocation, and leave it negative until the execution is over: then
   * code that swallowed the error stops again at its next loop or call.
   */
  fuel: number;
  /** True while operands of comparisons are wanted; checked before every {@link SearchRuntime.compare}. */
  isLogging: boolean;
  /** Throws the fuel error, or gives more fuel where there is some in reserve. */
  outOfFuel(): void;
  /** Whether `thrown` is the fuel error; instrumented `catch` blocks rethrow it then. */
  isOutOfFuel(thrown: unknown): boolean;
  /**
   * Receives both operands of a comparison before it is made. Never throws, never calls target code.
   *
   * @param left left operand, discriminant of the `switch`, or receiver of the method
   * @param right right operand, value of the `case`, or first argument of the method
   */
  compare(left: unknown, right: unknown, kind: ComparisonKind): void;
}

/** The operator, `switch`, or the name of the method that compares. */
export type ComparisonKind =
  | "=="
  | "==="
  | "!="
  | "!=="
  | "<"
  | ">"
  | "<="
  | ">="
  | "switch"
  | "includes"
  | "startsWith"
  | "endsWith"
  | "indexOf"
  | "lastIndexOf"
  | "match"
  | "test";

/** Name of the global that holds the {@link SearchRuntime}. */
export const SEARCH_RUNTIME_GLOBAL = "__regoose__";

/** Name of the global that holds istanbul's counters, by project-relative path. */
export const COVERAGE_GLOBAL = "__coverage__";
