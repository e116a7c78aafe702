import { z } from "zod";

import type { ChangePlan } from "../../contract/improve.ts";
import type { ModelMessage } from "../../contract/model/request.ts";
import type { Agent } from "../agents/agent.ts";
import { quote } from "../context.ts";
import { showFiles, toCodeRules, type CodeContext, type Goal } from "./show-code.ts";

const MOST_FILES = 10;

export const changePlanSchema: z.ZodType<ChangePlan> = z.object({
  summary: z.string().max(2_000),
  files: z
    .array(z.object({ path: z.string().min(1).max(500), change: z.string().max(2_000) }))
    .max(MOST_FILES),
});

/** A plan that holds, or why none came. */
export type Planned =
  | { readonly kind: "planned"; readonly plan: ChangePlan }
  | { readonly kind: "refused"; readonly reasons: readonly string[] };

/** How often a plan that names files it may not is sent back. */
const MOST_CORRECTIONS = 2;

/**
 * Asks which files to change, and how. `refuse` says why a path may not be changed; a plan that names one is sent back with that.
 */
export async function planChanges(
  agent: Agent,
  input: { readonly goal: Goal; readonly code: CodeContext },
  options: { readonly refuse: (path: string) => string | null; readonly signal: AbortSignal },
): Promise<Planned> {
  let reasons: readonly string[] = [];
  for (let sample = 0; sample <= MOST_CORRECTIONS; sample += 1) {
    const { object } = await agent.ask(
      {
        messages: toMessages(input, reasons),
        answer: { name: "change-plan", schema: changePlanSchema },
        sample,
      },
      options.signal,
    );
    const files = object.files.map((file) => ({ ...file, path: file.path.replace(/^\.\//u, "") }));
    reasons = files.flatMap(({ path }) => {
      const why = options.refuse(path);
      return why === null ? [] : [`${path}: ${why}`];
    });
    if (reasons.length === 0) return { kind: "planned", plan: { ...object, files } };
  }
  return { kind: "refused", reasons };
}

function toMessages(
  { goal, code }: { readonly goal: Goal; readonly code: CodeContext },
  reasons: readonly string[],
): readonly ModelMessage[] {
  return [
    {
      role: "system",
      text: `You plan a change of a code base: the fewest files that reach the goal, at most ${String(MOST_FILES)}, each with what is to be done in it. Name new files too. Where nothing has to be done, name no file.\n${toCodeRules(goal)}`,
    },
    {
      role: "user",
      text: [
        "The goal:",
        quote("goal", goal.text),
        `The package ${code.name}. Its documentation:`,
        quote("documentation", code.documentation),
        `Its test files: ${code.tests.join(", ") || "none"}`,
        "Its source files:",
        showFiles(code.sources),
        ...(reasons.length === 0
          ? []
          : ["Your last plan was refused:", quote("reasons", reasons.join("\n"))]),
      ].join("\n\n"),
    },
  ];
}
