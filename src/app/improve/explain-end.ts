import type { ImproveData } from "../../contract/improve.ts";

const ENDS = {
  "nothing-to-change": "the model sees nothing to change for this goal",
  "no-progress": "the model's edits do not hold, and further ones come to the same",
  "max-iterations": "no edit held within the rounds that were allowed",
  "time-over": "time was over before an edit held",
  converged: "the edits come to nothing",
} as const;

const LONGEST = 300;

/** Why a run came to no change that holds, in words. */
export function explainEnd({ ended, failures }: Pick<ImproveData, "ended" | "failures">): string {
  const said = ended === null ? "it did not come to an end" : ENDS[ended];
  const [failure] = failures;
  if (failure === undefined) return said;
  return `${said}: ${failure.replaceAll(/\s*\n\s*/gu, " | ").slice(0, LONGEST)}`;
}
