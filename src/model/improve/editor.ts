import type { ChangedFiles, ChangePlan } from "../../contract/improve.ts";
import type { ModelMessage } from "../../contract/model/request.ts";
import type { Agent } from "../agents/agent.ts";
import { quote } from "../context.ts";
import { applyEdits } from "./apply-edits.ts";
import { parseEdits } from "./parse-edits.ts";
import { showFiles, toCodeRules, type Goal } from "./show-code.ts";

/** What an editor is told in one round. */
export interface EditInput {
  readonly goal: Goal;
  readonly plan: ChangePlan;
  /** From 1. */
  readonly round: number;
  /** Text of a file as it stands now; null where there is none. */
  readonly read: (path: string) => string | null;
  /** Why the edits until now do not hold, a sentence each; null where there are none yet. */
  readonly failures: readonly string[] | null;
}

/** What became of one round. */
export type Edited =
  | {
      readonly kind: "edited";
      readonly files: ChangedFiles;
      readonly edits: number;
      readonly isDone: boolean;
    }
  /** The model sees nothing left to do. */
  | { readonly kind: "done" }
  | { readonly kind: "refused"; readonly reasons: readonly string[] };

/** How often an answer that does not apply is sent back, a round. */
const MOST_CORRECTIONS = 2;
const MOST_FAILURES = 20;

/** Asks for edits until they apply. */
export async function editFiles(
  agent: Agent,
  input: EditInput,
  options: { readonly refuse: (path: string) => string | null; readonly signal: AbortSignal },
): Promise<Edited> {
  let reasons: readonly string[] = [];
  for (let correction = 0; correction <= MOST_CORRECTIONS; correction += 1) {
    const { text } = await agent.ask(
      {
        messages: toMessages(input, reasons),
        sample: input.round * (MOST_CORRECTIONS + 1) + correction,
      },
      options.signal,
    );
    const { edits, isDone, problems } = parseEdits(text);
    if (edits.length === 0 && problems.length === 0) {
      if (isDone) return { kind: "done" };
      reasons = ["the answer holds neither an edit nor the line DONE"];
      continue;
    }
    const applied =
      problems.length > 0
        ? ({ kind: "refused", reasons: problems } as const)
        : applyEdits(edits, { read: input.read, refuse: options.refuse });
    if (applied.kind === "applied") {
      return { kind: "edited", files: applied.files, edits: edits.length, isDone };
    }
    reasons = applied.reasons;
  }
  return { kind: "refused", reasons };
}

const FORMAT = [
  "Answer with edits in this form, as many as it takes, each with the path of its file on the line before it:",
  "",
  "src/example.js",
  "<<<<<<< SEARCH",
  "whole lines as they stand in the file now, enough of them to stand there once",
  "=======",
  "the lines that take their place",
  ">>>>>>> REPLACE",
  "",
  "An empty SEARCH makes a new file. A unified diff is taken too, if its counts are right.",
  "When the goal is reached once these edits hold, or nothing is left to do, end with a line that says DONE and nothing else.",
].join("\n");

function toMessages(
  { goal, plan, read, failures }: EditInput,
  reasons: readonly string[],
): readonly ModelMessage[] {
  const files = plan.files.map(({ path }) => ({ path, text: read(path) }));
  const missing = files.filter(({ text }) => text === null).map(({ path }) => path);
  return [
    {
      role: "system",
      text: `You edit a code base, following a plan, in the files of the plan only.\n${toCodeRules(goal)}\n${FORMAT}`,
    },
    {
      role: "user",
      text: [
        "The goal:",
        quote("goal", goal.text),
        "The plan:",
        quote("plan", JSON.stringify(plan, null, 1)),
        "The files as they stand now, with your edits until now:",
        showFiles(files.flatMap(({ path, text }) => (text === null ? [] : [{ path, text }]))),
        ...(missing.length === 0 ? [] : [`Not there yet: ${missing.join(", ")}`]),
        ...toNews(failures),
        ...(reasons.length === 0
          ? []
          : [
              "Your last answer could not be applied, and none of it was; send all of its edits again:",
              quote("reasons", reasons.join("\n")),
            ]),
      ].join("\n\n"),
    },
  ];
}

function toNews(failures: readonly string[] | null): readonly string[] {
  if (failures === null) return [];
  if (failures.length === 0) {
    return [
      "All checks pass with your edits. Answer DONE, or with the edits that are still missing.",
    ];
  }
  return [
    "With your edits these checks fail:",
    quote("failures", failures.slice(0, MOST_FAILURES).join("\n")),
  ];
}
