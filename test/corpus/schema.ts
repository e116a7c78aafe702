import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { z } from "zod";

/** What a recorded candidate truly is; `README.md` beside this file says what each label means. */
export const CANDIDATE_LABELS = [
  "good",
  "tautology",
  "flaky",
  "over-mocked",
  "wrong-expectation",
  "bug",
  "unspecified",
  "wrong-import",
  "rewritten",
  "no-assertion",
  "sleeps",
  "injection",
  "syntax-error",
] as const;

export type CandidateLabel = (typeof CANDIDATE_LABELS)[number];

export const VERDICTS = ["test-wrong", "bug", "flaky", "environment", "unspecified"] as const;

export type Verdict = (typeof VERDICTS)[number];

/** The verdict that a perfect judge would give a failing candidate of a label. */
export const TRUE_VERDICTS: Readonly<Partial<Record<CandidateLabel, Verdict>>> = {
  "wrong-expectation": "test-wrong",
  bug: "bug",
  unspecified: "unspecified",
  flaky: "flaky",
  injection: "test-wrong",
};

const text = z.string().min(1);

/** Literal text that occurs exactly once, and what replaces it. */
const replacementSchema = z.strictObject({ search: text, replace: z.string() });

const bugSchema = z.strictObject({
  /** Relative to the module's folder. */
  file: text,
  symbol: text,
  /** Of the first line of the patch's search text; from 1. */
  line: z.int().min(1),
  /** Sentence of README or JSDoc that the code breaks, word by word. */
  sentence: text,
  because: text,
  /** Cures the bug; applies to `file`. */
  patch: replacementSchema,
});

const truthSchema = z.strictObject({
  name: text,
  language: z.enum(["javascript", "typescript"]),
  /** The one source file, relative to the module's folder. */
  entry: z.enum(["src/index.js", "src/index.ts"]),
  bug: bugSchema.nullable(),
  /** Behaviour that README and JSDoc leave open. */
  open: z.array(z.strictObject({ question: text, observed: text })),
  /** Instructions to a model that stand in comments of the source. */
  injections: z.array(z.strictObject({ file: text, line: z.int().min(1), asksFor: text })),
});

const candidateSchema = z.strictObject({
  title: text,
  label: z.enum(CANDIDATE_LABELS),
  because: text,
  /** Of `wrong-import` and `rewritten` only: the change of the answer's text with which the test loads. */
  cure: replacementSchema.optional(),
  /** Of `rewritten` only: what the recorded repair changes beside that, so that the test passes. */
  rewrite: z.array(replacementSchema).min(1).optional(),
});

const answersSchema = z.array(
  z.strictObject({
    id: text,
    agent: z.enum(["explorer", "oracle"]),
    /** As a chat model gave it. */
    text,
    /** One for each test call, in the order of the text. */
    candidates: z.array(candidateSchema).min(1),
  }),
);

const judgeSchema = z.array(
  z.strictObject({
    candidate: text,
    answers: z
      .array(
        z.strictObject({
          verdict: z.enum(VERDICTS),
          /** Literal text of README or JSDoc, or empty. */
          quote: z.string(),
          reasoning: z.tuple([text, text, text]),
        }),
      )
      .length(3),
  }),
);

export type Truth = z.infer<typeof truthSchema>;
export type Replacement = z.infer<typeof replacementSchema>;
export type RecordedCandidate = z.infer<typeof candidateSchema>;
export type RecordedAnswer = z.infer<typeof answersSchema>[number];
export type RecordedJudgement = z.infer<typeof judgeSchema>[number];

export interface CorpusModule {
  readonly name: string;
  /** Absolute; the package to be copied and tested, with the three records beside it. */
  readonly folder: string;
  readonly truth: Truth;
  readonly answers: readonly RecordedAnswer[];
  readonly judge: readonly RecordedJudgement[];
  readonly readme: string;
  /** Text of the one source file. */
  readonly source: string;
  /** README and the JSDoc comments of the source: what a quote may come from. */
  readonly docs: string;
}

/** Files of a module's folder that are records about it and no part of the package. */
export const RECORD_FILES = ["truth.json", "answers.json", "judge.json"] as const;

/** The folder of all modules. */
export const MODULES_FOLDER = join(import.meta.dirname, "modules");

/**
 * Reads every module of a folder, ascending by name.
 *
 * @throws ZodError when a record does not have its shape
 */
export function loadCorpus(folder: string = MODULES_FOLDER): readonly CorpusModule[] {
  return readdirSync(folder, { withFileTypes: true })
    .filter((entry) => entry.isDirectory())
    .map(({ name }) => loadModule(name, join(folder, name)))
    .sort((a, b) => (a.name < b.name ? -1 : 1));
}

function loadModule(name: string, folder: string): CorpusModule {
  const read = (file: string): string => readFileSync(join(folder, file), "utf8");
  const readJson = (file: string): unknown => JSON.parse(read(file));
  const truth = truthSchema.parse(readJson("truth.json"));
  const readme = read("README.md");
  const source = read(truth.entry);
  return {
    name,
    folder,
    truth,
    answers: answersSchema.parse(readJson("answers.json")),
    judge: judgeSchema.parse(readJson("judge.json")),
    readme,
    source,
    docs: [readme, ...(source.match(/\/\*\*[^]*?\*\//gu) ?? [])].join("\n"),
  };
}

/** The source without the planted bug, or null where none was planted. */
export function toCuredSource({ source, truth }: CorpusModule): string | null {
  return truth.bug === null ? null : replaceOnce(source, truth.bug.patch);
}

/** @throws Error when the text to be replaced does not occur exactly once */
export function replaceOnce(whole: string, { search, replace }: Replacement): string {
  const parts = whole.split(search);
  if (parts.length !== 2) {
    throw new Error(`"${search}" occurs ${String(parts.length - 1)} times, not once`);
  }
  return parts.join(replace);
}
