import { formatDollars, parseDollars } from "../../adapters/llm/money/prices.ts";
import { toSentence } from "../../contract/to-sentence.ts";
import type { Exploration } from "../../model/model-engine.ts";
import { describeChanges } from "../models/note-changes.ts";
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
    next: { kind: "unknown" },
    ...{ proposed: 0, ended: "nothing-left", problem: null, retryAfterMs: null, retryAt: null },
    ...{ calls: 0, tokens: 0, usd: null, known: { calls: 0, tokens: 0 } },
    changes: [],
    ...said,
  };
}

/** What else the report says of answers. */
interface Remarks {
  readonly changes?: ModelWork["changes"];
  /** Sentences on answers that came damaged. */
  readonly odd?: readonly string[];
}

/** What the report says of the work of models in the run of that id. */
export function describeWork(
  work: Exploration,
  spent: Pick<ModelWork, "calls" | "tokens" | "usd" | "known" | "retryAt">,
  run: string,
  { changes = [], odd = [] }: Remarks = {},
): Said {
  const why = work.problem ?? "";
  const when = spent.retryAt ?? "later";
  const outside = work.rejections.filter(({ reason }) => reason === "reaches-outside");
  return {
    degradations: [
      ...(work.ended === "model-away" ? [toSentence("models-away", { why, run })] : []),
      ...(work.ended === "budget" ? [toSentence("models-budget", { why, run })] : []),
      ...(work.ended === "rate-limited" ? [toSentence("models-limited", { why, run, when })] : []),
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
      ...describeChanges(changes),
      ...(odd.length === 0
        ? []
        : [toSentence("models-odd", { count: odd.length, first: odd[0] ?? "" })]),
      toSentence("models-cost", {
        calls: spent.calls,
        tokens: spent.tokens,
        usd: spent.usd === null ? "price unknown" : `$${spent.usd}`,
        known: spent.known.calls,
        next: toNextText(work.next, spent),
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

/** What the next kills would cost, for people. */
function toNextText(next: Exploration["next"], spent: Pick<ModelWork, "tokens" | "usd">): string {
  switch (next.kind) {
    case "unknown":
      return "would cost nobody knows what: no gap was asked about";
    case "out-of-reach":
      return "are more than the gaps that are left promise";
    case "estimate": {
      const usd = toPrice(next.tokens, spent);
      const tokens = `${String(next.tokens)} tokens`;
      return `would take about ${usd === null ? tokens : `$${usd} and ${tokens}`}`;
    }
  }
}

/** Dollars for so many tokens, at what those before have cost; null where no price is known. */
export function toPrice(tokens: number, spent: Pick<ModelWork, "tokens" | "usd">): string | null {
  if (spent.usd === null || spent.tokens === 0) return null;
  const parts = (parseDollars(spent.usd) * BigInt(Math.round(tokens))) / BigInt(spent.tokens);
  return Number(formatDollars(parts)).toFixed(4);
}
