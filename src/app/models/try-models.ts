import type { ModelAttempt } from "../../contract/model/answer.ts";
import { addTokens, NO_TOKENS, type TokenUsage } from "../../contract/model/usage.ts";
import { createDeadline, type Clock } from "../../kernel/clock.ts";
import { RegooseError } from "../../kernel/errors.ts";
import { z } from "zod";
import { type ModelFlags, openModels, type OpenModels } from "./open-models.ts";

/** How one model did. */
export interface TriedModel {
  readonly provider: string;
  readonly model: string;
  readonly isWell: boolean;
  readonly served: string | null;
  readonly firstTokenMs: number | null;
  readonly durationMs: number;
  readonly usage: TokenUsage;
  /** Decimal text; null where the model has no price. */
  readonly usd: string | null;
  /** Whether it obeyed a schema. */
  readonly hasSchema: boolean;
  readonly warnings: readonly string[];
  readonly problem: string | null;
}

export interface TriedModels {
  readonly models: readonly TriedModel[];
  readonly notes: readonly string[];
  /** Why the command fails: none of them is well. */
  readonly failure: RegooseError | null;
}

const LIMIT_MS = 60_000;
/** Whoever wants to know how a model does is not helped by waiting until it does well. */
const MOST_ATTEMPTS = 2;
const ANSWER = { name: "state", schema: z.object({ state: z.enum(["ready", "busy"]) }) };

/** Asks each configured model one small question, which costs a few tokens. */
export async function tryModels(
  deps: { readonly clock: Clock },
  input: { readonly cwd: string; readonly flags: ModelFlags },
  options: { readonly signal: AbortSignal },
): Promise<TriedModels> {
  await using models = await openModels(deps, { ...input, usesCache: false }, options);
  const tried = await Promise.all(
    models.candidates.map(({ provider, model }) =>
      tryModel(deps.clock, models, { provider, model }, options.signal),
    ),
  );
  const failures = tried.flatMap(({ failure }) => (failure === null ? [] : [failure]));
  return {
    models: tried.map(({ row }) => row),
    notes: models.notes,
    failure: failures.length === tried.length ? (failures[0] ?? null) : null,
  };
}

async function tryModel(
  clock: Clock,
  { port }: OpenModels,
  { provider, model }: { readonly provider: string; readonly model: string },
  signal: AbortSignal,
): Promise<{ readonly row: TriedModel; readonly failure: RegooseError | null }> {
  const attempts: ModelAttempt[] = [];
  const enough = new AbortController();
  const hear = (attempt: ModelAttempt): void => {
    attempts.push(attempt);
    const { failure } = attempt;
    if (attempts.length >= MOST_ATTEMPTS && failure?.code != null)
      enough.abort(new RegooseError(failure.code, failure.message));
  };
  const row = (rest: Pick<TriedModel, "hasSchema" | "warnings" | "problem">): TriedModel => {
    const last = attempts.at(-1);
    return {
      ...{ provider, model, ...rest },
      isWell: rest.problem === null,
      served: last?.served ?? null,
      firstTokenMs: last?.firstTokenMs ?? null,
      durationMs: last?.durationMs ?? 0,
      usage: attempts.reduce((sum, { usage }) => addTokens(sum, usage), NO_TOKENS),
      usd: last?.cost.usd ?? null,
    };
  };
  try {
    const { warnings } = await port.generate(
      {
        role: "check",
        model: `${provider}/${model}`,
        messages: [{ role: "user", text: 'Answer with the JSON object {"state":"ready"}.' }],
        answer: ANSWER,
        priority: "interactive",
      },
      {
        signal: AbortSignal.any([signal, enough.signal]),
        deadline: createDeadline(clock, LIMIT_MS),
        onEvent: (event) => {
          if (event.name === "attempt-end") hear(event.attempt);
        },
      },
    );
    return { row: row({ hasSchema: true, warnings, problem: null }), failure: null };
  } catch (failure) {
    if (!(failure instanceof RegooseError) || signal.aborted) throw failure;
    return {
      row: row({ hasSchema: false, warnings: [], problem: `${failure.code} ${failure.message}` }),
      failure,
    };
  }
}
