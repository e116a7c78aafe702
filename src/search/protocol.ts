/**
 * What the trusted side and a search process say to one another: one job as a line of JSON on
 * stdin, then lines of JSON on stdout. Free of dependencies, for the child imports it too.
 */
import type { ModuleModel } from "../contract/api-model.ts";
import type { TestProgram } from "../contract/program.ts";
import type { Recording } from "../contract/snapshot.ts";

/** When a job ends by itself: on a count (reproducible) or on the clock. */
export type JobLimit =
  | { readonly kind: "executions"; readonly count: number }
  | { readonly kind: "time"; readonly durationMs: number };

/** What every job carries. Paths are paths inside the sandbox. */
export interface JobBase {
  readonly workRoot: string;
  /** Modules to load, with what analysis knows of them; modules known to fail are left out. */
  readonly modules: readonly ModuleModel[];
  /** Project-relative source files in a fixed order; feature numbers count on it. */
  readonly files: readonly string[];
  /** TypeScript files that hold JavaScript in this build. */
  readonly transpiled: readonly string[];
  /** Files whose counters and mutants are goals; empty for all. */
  readonly goalFiles: readonly string[];
  /** Only export paths that start with one of these; empty for all. */
  readonly only: readonly (readonly string[])[];
  /** Modules known to work on files: their programs get the fixture folder from the start. */
  readonly fixtureModules: readonly string[];
  readonly seed: string;
  readonly limit: JobLimit;
  /** Keys of calls that hung or crashed a process before (`toCallKey`). */
  readonly blacklist: readonly string[];
  /** `thread`: a watcher thread names the program that hangs. `stdout`: every program is named before it runs. */
  readonly journal: "thread" | "stdout";
  /** Loop iterations and calls one program may use before it is stopped. */
  readonly fuel: number;
  /** Shift of the wall clock the target sees, ms; null freezes it at a fixed instant. */
  readonly clockShiftMs: number | null;
  /** Whether the target finds itself in other folders, and file operations begun together end in another order. */
  readonly isElsewhere: boolean;
}

/** A program worth keeping and the features that it was first to show. */
export interface CorpusItem {
  readonly program: TestProgram;
  /** Counter number × 8 + hit bucket; empty where it is kept for its outcome. */
  readonly fresh: readonly number[];
}

export interface CoverageJob extends JobBase {
  readonly kind: "coverage";
  readonly corpus: readonly CorpusItem[];
  /** Ends the job after so many executions without a new counter. */
  readonly patience: number;
  /** Whether to look for programs that change what later ones find; the job wants a fresh process after one. */
  readonly watchesState: boolean;
  /** Callees (`toCalleeKey`) that are left for the end, since they change what later programs find. */
  readonly deferred: readonly string[];
}

/** A mutant as a search process knows it. */
export interface MutantGoal {
  /** The number that switches it. */
  readonly switchId: string;
  readonly file: string;
}

export interface MutationJob extends JobBase {
  readonly kind: "mutation";
  /** `isEvaluated`: an earlier job of this search ran it against every goal it reaches. */
  readonly programs: readonly { readonly program: TestProgram; readonly isEvaluated: boolean }[];
  readonly mutants: readonly MutantGoal[];
  /** Switch ids that some program already kills. */
  readonly killed: readonly string[];
  /** False to evaluate the programs only, true to search for new ones afterwards. */
  readonly explores: boolean;
  /** Callees (`toCalleeKey`) that are left for the end of the search for new ones. */
  readonly deferred: readonly string[];
  readonly patience: number;
}

/** Runs each program once and reports what it reaches. */
export interface MeasureJob extends JobBase {
  readonly kind: "measure";
  readonly programs: readonly TestProgram[];
}

export interface ShrinkTask {
  readonly program: TestProgram;
  /** Counter numbers (coverage build) or switch ids of mutants (mutant build) that must stay. */
  readonly counters: readonly number[];
  readonly kills: readonly string[];
}

export interface ShrinkJob extends JobBase {
  readonly kind: "shrink";
  /** Which instrumented build the work copy holds. */
  readonly build: "counters" | "mutants";
  readonly tasks: readonly ShrinkTask[];
  /** Most executions spent on one task. */
  readonly perTask: number;
  /** Added to the index of a task in messages about it. */
  readonly offset: number;
}

export interface RecordJob extends JobBase {
  readonly kind: "record";
  readonly programs: readonly TestProgram[];
}

export type Job = CoverageJob | MutationJob | MeasureJob | ShrinkJob | RecordJob;

/** Lines a search process writes. */
export type WorkerMessage =
  | { readonly kind: "load-start"; readonly file: string }
  | { readonly kind: "load-end"; readonly file: string; readonly failure: string | null }
  /** Counters of one instrumented file, in number order: statements, functions, then branch arms. */
  | {
      readonly kind: "layout";
      readonly file: string;
      readonly statements: number;
      readonly functions: number;
      readonly branches: readonly number[];
    }
  /** Counters that loading the modules moved. */
  | { readonly kind: "loaded"; readonly counters: readonly number[] }
  | { readonly kind: "ready" }
  /** The program that runs right now; sent when it seems to hang, or before each in `stdout` mode. */
  | {
      readonly kind: "journal";
      readonly program: TestProgram | null;
      /** The process uses more than `HEAVY_MEGABYTES` of memory. */
      readonly isHeavy?: boolean | undefined;
    }
  /** The clock cut this program: the run can not be repeated to the byte. */
  | { readonly kind: "cut"; readonly program: TestProgram; readonly isMutated: boolean }
  /** The program used up the raised fuel of its second try, too; nothing was mutated. */
  | { readonly kind: "dry"; readonly program: TestProgram }
  /** A known program answers otherwise than it did; the callee that most likely did it. */
  | { readonly kind: "state-changed"; readonly callee: string | null }
  /**
   * How many things there were to call (0 where there was none), and the callees (`toCalleeKey`) of which no call of this
   * job made a test, each with what was in the way of most.
   */
  | {
      readonly kind: "barren";
      readonly targets: number;
      readonly callees: readonly { readonly callee: string; readonly problem: string }[];
    }
  /** `evaluated`: so many of a mutation job's programs were run against every goal they reach. Tells, decides nothing. */
  | {
      readonly kind: "beat";
      readonly executions: number;
      readonly evaluated?: number | undefined;
    }
  | { readonly kind: "items"; readonly items: readonly CorpusItem[] }
  /** A program kills mutants; `isNew` when the job itself found it. */
  | {
      readonly kind: "kills";
      readonly program: TestProgram;
      readonly index: number | null;
      readonly switchIds: readonly string[];
    }
  /** Kills of a program that is still being tried, so that a crash does not lose them; `kills` follows. */
  | {
      readonly kind: "kills-so-far";
      readonly program: TestProgram;
      readonly switchIds: readonly string[];
    }
  | {
      readonly kind: "reached";
      readonly atLoad: readonly string[];
      readonly covered: readonly string[];
    }
  | {
      readonly kind: "measured";
      readonly index: number;
      readonly counters: readonly number[];
      readonly isClean: boolean;
    }
  | { readonly kind: "shrunk"; readonly index: number; readonly program: TestProgram }
  | {
      readonly kind: "recorded";
      readonly index: number;
      readonly program: TestProgram;
      readonly recording: Recording | null;
      readonly problem: string | null;
    }
  | { readonly kind: "note"; readonly text: string }
  | {
      readonly kind: "done";
      readonly executions: number;
      /** True when the job ended because nothing new came for `patience` executions. */
      readonly isSaturated: boolean;
      readonly needsRestart: boolean;
    }
  | { readonly kind: "failed"; readonly detail: string };

/** Numbers of the counters of one file start at its index in `files` times this. */
export const COUNTERS_PER_FILE: number = 1_000_000;

/** Resident memory above which a process names what it runs: a crash may be near. */
export const HEAVY_MEGABYTES: number = 700;

/** Hit buckets of a counter; AFL's classes (Zalewski, "Technical whitepaper for afl-fuzz", section 2). */
export const BUCKETS: number = 8;

/** The bucket (0–7) of a hit count ≥ 1. */
export function toBucket(hits: number): number {
  if (hits <= 3) return hits - 1;
  if (hits <= 7) return 3;
  if (hits <= 15) return 4;
  if (hits <= 31) return 5;
  return hits <= 127 ? 6 : 7;
}
