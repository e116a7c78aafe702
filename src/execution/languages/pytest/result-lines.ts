import { z } from "zod";

const MOST_TEXT = 4_000;
const text = z.string().transform((value) => value.slice(0, MOST_TEXT));

const failure = z.object({
  name: text,
  message: text,
  assertion: z.boolean(),
  stack: text,
});

/** A line that the harness beside pytest writes. Ids are pytest's node ids, `mutant` the switch id that is on. */
export type PytestLine =
  | {
      readonly type: "test";
      readonly id: string;
      readonly status: "passed" | "failed" | "skipped";
      readonly ms: number;
      readonly failure?: PytestFailure | undefined;
      readonly mutant?: string | undefined;
    }
  | {
      readonly type: "load-failure";
      readonly id: string;
      readonly text: string;
      readonly mutant?: string | undefined;
    }
  | { readonly type: "stray"; readonly text: string; readonly mutant?: string | undefined }
  | { readonly type: "note"; readonly text: string }
  | { readonly type: "unfit"; readonly mutant: string }
  | {
      readonly type: "mutant-end";
      readonly mutant: string;
      readonly end: "ended" | "timed-out" | "died";
    }
  | { readonly type: "end"; readonly code: number };

interface PytestFailure {
  readonly name: string;
  readonly message: string;
  /** The test's own. */
  readonly assertion: boolean;
  readonly stack: string;
}

const resultLine: z.ZodType<PytestLine> = z.discriminatedUnion("type", [
  z.object({
    type: z.literal("test"),
    id: z.string(),
    status: z.enum(["passed", "failed", "skipped"]),
    ms: z.number(),
    failure: failure.optional(),
    mutant: z.string().optional(),
  }),
  z.object({
    type: z.literal("load-failure"),
    id: z.string(),
    text,
    mutant: z.string().optional(),
  }),
  z.object({ type: z.literal("stray"), text, mutant: z.string().optional() }),
  z.object({ type: z.literal("note"), text }),
  z.object({ type: z.literal("unfit"), mutant: z.string() }),
  z.object({
    type: z.literal("mutant-end"),
    mutant: z.string(),
    end: z.enum(["ended", "timed-out", "died"]),
  }),
  z.object({ type: z.literal("end"), code: z.number() }),
]);

const MOST_LINES = 100_000;

/** Reads lines that a hostile process may have written; what is not as agreed is left out. */
export function readPytestLines(content: Buffer | undefined): readonly PytestLine[] {
  const lines = (content?.toString("utf8") ?? "").split("\n").slice(0, MOST_LINES);
  return lines.flatMap((line) => {
    try {
      const parsed = resultLine.safeParse(JSON.parse(line));
      return parsed.success ? [parsed.data] : [];
    } catch {
      return [];
    }
  });
}

const lineNumber = z.number().int();
const numbersByContext = z.record(z.string(), z.array(lineNumber));

/** What coverage.py measured in one file; contexts are node ids, the empty one is loading. */
export interface MeasuredFile {
  readonly path: string;
  readonly statements: readonly number[];
  /** Line, and the lines it may go on to; negative ones leave the function. */
  readonly branches: readonly (readonly [line: number, arms: readonly number[]])[];
  readonly functions: readonly (readonly [
    name: string,
    line: number,
    first: number,
    last: number,
  ])[];
  /** Line by line, the first line of the statement that it belongs to. */
  readonly first: readonly number[];
  readonly lines: Readonly<Record<string, readonly number[]>>;
  readonly arcs: Readonly<Record<string, readonly (readonly [from: number, to: number])[]>>;
}

const measured: z.ZodType<{ readonly files: readonly MeasuredFile[] }> = z.object({
  files: z.array(
    z.object({
      path: z.string(),
      statements: z.array(lineNumber),
      branches: z.array(z.tuple([lineNumber, z.array(lineNumber)])),
      functions: z.array(z.tuple([z.string(), lineNumber, lineNumber, lineNumber])),
      first: z.array(lineNumber),
      lines: numbersByContext,
      arcs: z.record(z.string(), z.array(z.tuple([lineNumber, lineNumber]))),
    }),
  ),
});

/** Null where nothing was measured or it cannot be read. */
export function readMeasured(content: Buffer | undefined): readonly MeasuredFile[] | null {
  if (content === undefined) return null;
  try {
    const parsed = measured.safeParse(JSON.parse(content.toString("utf8")));
    return parsed.success ? parsed.data.files : null;
  } catch {
    return null;
  }
}
