import type { Judgement } from "../contract/agents.ts";
import type { Finding, WrittenCandidate } from "../contract/candidate.ts";
import type { ModuleContext } from "./context.ts";

/** Below a search's findings, which come with a recording: a quorum of models may err. */
const BASE_SCORE = 0.5;

/** A failing test that stands for a promise which the code breaks. */
export function toFinding(input: {
  readonly module: ModuleContext;
  readonly candidate: WrittenCandidate;
  /** A file with nothing but the test. */
  readonly text: string;
  readonly judgement: Judgement;
  readonly observed: string;
}): Finding {
  const { module, candidate, text, judgement, observed } = input;
  const { agreed, asked } = judgement.votes;
  return {
    kind: "broken-promise",
    where: module.module,
    summary: candidate.fullTitle,
    evidence: {
      test: text,
      observed,
      expected: judgement.quote,
      reproduced: 2,
      reasoning: judgement.reasoning,
    },
    score: BASE_SCORE * (agreed / Math.max(1, asked)),
  };
}
