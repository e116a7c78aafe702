import { toSentence } from "../../contract/to-sentence.ts";
import type { Exploration } from "../../model/model-engine.ts";
import type { ModelWork } from "./step-schemas.ts";

type Said = Pick<ModelWork, "degradations" | "notes">;

/** The work of models that were not asked. */
export function noModel(reason: "none" | "unsafe", why: string): ModelWork {
  const said: Said =
    reason === "none"
      ? { degradations: [], notes: [toSentence("models-none", { why })] }
      : { degradations: [toSentence("models-unsafe", {})], notes: [] };
  return {
    ...{ candidates: [], rejections: [], judgements: [], findings: [], agents: [], gains: [] },
    inputs: { executed: 0, dropped: 0 },
    faults: { patches: [], verdicts: [], dropped: 0 },
    ...{ proposed: 0, ended: "nothing-left", problem: null, calls: 0, tokens: 0, usd: null },
    ...said,
  };
}

/** What the report says of the work of models. `mutants`: how many there are in all. */
export function describeWork(
  work: Exploration,
  spent: Pick<ModelWork, "calls" | "tokens" | "usd">,
  mutants: number,
): Said {
  const why = work.problem ?? "";
  const outside = work.rejections.filter(({ reason }) => reason === "reaches-outside");
  return {
    degradations: [
      ...(work.ended === "model-away" ? [toSentence("models-away", { why })] : []),
      ...(work.ended === "budget" ? [toSentence("models-budget", { why })] : []),
    ],
    notes: [
      ...(work.ended === "time-over" ? [toSentence("models-late", {})] : []),
      ...(outside.length === 0
        ? []
        : [
            toSentence("models-outside", {
              count: outside.length,
              title: outside[0]?.title ?? "without a title",
            }),
          ]),
      ...(work.inputs.executed + work.inputs.dropped === 0
        ? []
        : [toSentence("models-inputs", work.inputs)]),
      ...noteFaults(work.faults),
      toSentence("models-cost", {
        calls: spent.calls,
        tokens: spent.tokens,
        usd: spent.usd === null ? "price unknown" : `$${spent.usd}`,
        next: toNextCost(work.gains, spent, mutants),
      }),
    ],
  };
}

function noteFaults({ patches, verdicts, dropped }: Exploration["faults"]): readonly string[] {
  if (patches.length + dropped === 0) return [];
  const living = verdicts.filter(({ status }) => status === "survived").length;
  const noticed = verdicts.length - living;
  return [toSentence("models-faults", { kept: patches.length, dropped, noticed, living })];
}

/** Extrapolates from the later half of the questions: the first finds are the cheap ones. */
function toNextCost(
  gains: readonly number[],
  spent: Pick<ModelWork, "calls" | "tokens" | "usd">,
  mutants: number,
): string {
  const later = gains.slice(Math.floor(gains.length / 2));
  const found = later.reduce((sum, gain) => sum + gain, 0);
  if (found === 0 || gains.length === 0) return "more than this model can do";
  const questions = (0.05 * mutants * later.length) / found;
  const share = questions / gains.length;
  const tokens = `${String(Math.ceil(spent.tokens * share))} tokens`;
  return spent.usd === null ? tokens : `$${(Number(spent.usd) * share).toFixed(4)} and ${tokens}`;
}
