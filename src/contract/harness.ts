import { z } from "zod";

/** One test with the mutants to execute it against, cut into chunks with a check after each. */
export interface HarnessPairs {
  readonly file: string;
  readonly fullTitle: string;
  /** `[pair number, switch id]`; the pair number names the pair in result lines. */
  readonly chunks: readonly (readonly (readonly [number, string])[])[];
}

/** What the harness inside the runner process is told. Travels as JSON inside its script. */
export interface HarnessConfig {
  readonly mode: "plain" | "coverage" | "mutant-coverage" | "mutants";
  /** Absolute path inside of the work copy. */
  readonly workPath: string;
  /** Project-relative files of this process. */
  readonly files: readonly string[];
  readonly clockShiftMs: number;
  /** Null keeps the written order. */
  readonly shuffleSeed: number | null;
  /** Whether a test ends some turns of the event loop after its body, so that what it leaves behind is its own. */
  readonly settles: boolean;
  /** How long the body of a test that settles may take, ms; null leaves that to the runner. */
  readonly bodyLimitMs: number | null;
  readonly pairs: readonly HarnessPairs[];
  readonly stopAtFirstKill: boolean;
  readonly pairTimeoutMs: number;
}

/** A red test as its runner process saw it. */
export interface HarnessFailure {
  readonly name: string;
  readonly message: string;
  readonly code: string | null;
  /** True for errors of an assertion library. Whether the test itself threw it is decided outside. */
  readonly isAssertionError: boolean;
  readonly stack: string;
}

/** One line of the result file. */
export type HarnessLine =
  /** A test as the runner reported it; `clone` is null for a test itself. */
  | {
      readonly type: "test";
      readonly file: string;
      readonly fullTitle: string;
      readonly clone: string | null;
      readonly status: "passed" | "failed" | "skipped";
      readonly durationMs: number;
      readonly failure: HarnessFailure | null;
    }
  /** Journal: this pair is about to run. */
  | { readonly type: "pair-start"; readonly pair: number }
  /** This pair did not end in time or within its fuel. */
  | { readonly type: "pair-timeout"; readonly pair: number }
  | {
      readonly type: "covered";
      readonly file: string;
      readonly fullTitle: string;
      /** File → counters within it: `s3`, `f0`, `b2.1`. */
      readonly counters: Readonly<Record<string, readonly string[]>>;
    }
  | {
      readonly type: "mutants";
      readonly file: string;
      readonly fullTitle: string;
      readonly switchIds: readonly string[];
    }
  | { readonly type: "load-mutants"; readonly switchIds: readonly string[] }
  /** An error outside any test, or a file that could not be loaded. */
  | { readonly type: "stray"; readonly text: string }
  | { readonly type: "load-failure"; readonly file: string; readonly text: string }
  /** Every test has its result, and the process lives on. */
  | {
      readonly type: "held-open";
      readonly resources: readonly string[];
      readonly isFromLoading: boolean;
    }
  /** The runner ended by itself. */
  | { readonly type: "end" };

const TEXT_LIMIT = 8_000;

/** Free text is cut; a name that is too long makes its line unreadable. */
const text = z.string().transform((value) => value.slice(0, TEXT_LIMIT));
const name = z.string().max(4_000);
const failure = z.object({
  name: text,
  message: text,
  code: text.nullable(),
  isAssertionError: z.boolean(),
  stack: text,
});
const switchIds = z.array(z.string().max(64));

/** Reads one result line as hostile input. Unknown keys are dropped. */
export const harnessLineSchema: z.ZodType<HarnessLine> = z.discriminatedUnion("type", [
  z.object({
    type: z.literal("test"),
    file: name,
    fullTitle: name,
    clone: z.string().max(32).nullable(),
    status: z.enum(["passed", "failed", "skipped"]),
    durationMs: z.number().nonnegative(),
    failure: failure.nullable(),
  }),
  z.object({ type: z.literal("pair-start"), pair: z.number().int() }),
  z.object({ type: z.literal("pair-timeout"), pair: z.number().int() }),
  z.object({
    type: z.literal("covered"),
    file: name,
    fullTitle: name,
    counters: z.record(z.string(), z.array(z.string().regex(/^(?:[sf]\d+|b\d+\.\d+)$/))),
  }),
  z.object({ type: z.literal("mutants"), file: name, fullTitle: name, switchIds }),
  z.object({ type: z.literal("load-mutants"), switchIds }),
  z.object({ type: z.literal("stray"), text }),
  z.object({ type: z.literal("load-failure"), file: name, text }),
  z.object({
    type: z.literal("held-open"),
    resources: z.array(name).max(1_000),
    isFromLoading: z.boolean(),
  }),
  z.object({ type: z.literal("end") }),
]);
