import { formatDollars, parseDollars } from "../../adapters/llm/money/prices.ts";
import type { ModelRequest } from "../../contract/model/request.ts";
import { countTokens } from "../../contract/model/usage.ts";
import type { ModelCallOptions, ModelEvent, ModelPort } from "../../ports/model.ts";

/** What calls took. */
export interface Spent {
  /** Questions, wherever their answers came from. */
  readonly calls: number;
  /** Of all requests that were sent, also those that failed. */
  readonly tokens: number;
  /** Decimal text, exact; null where a price is not known. */
  readonly usd: string | null;
  /** Answers that were known and cost nothing now: from the run's recording, or from the cache. */
  readonly known: { readonly calls: number; readonly tokens: number };
}

/** A model whose calls are counted. */
export interface Meter {
  readonly port: ModelPort;
  spent(): Spent;
  /** The latest error of a model; null for none. */
  failure(): Error | null;
}

/**
 * Sums what calls take, request by request: those are the leaves that spans and budgets count too. What stands in a
 * recording or the cache took nothing now, and is counted apart.
 */
export function createMeter(model: ModelPort): Meter {
  const sum = { calls: 0, tokens: 0, pico: 0n, isPriced: true };
  const known = { calls: 0, tokens: 0 };
  let failure: Error | null = null;
  const hear = (event: ModelEvent): void => {
    if (event.name !== "attempt-end") return;
    const { usage, cost } = event.attempt;
    const tokens = countTokens(usage);
    sum.tokens += tokens;
    if (cost.usd === null) sum.isPriced &&= tokens === 0;
    else sum.pico += parseDollars(cost.usd);
  };
  return {
    port: {
      models: () => model.models(),
      async generate<T>(request: ModelRequest<T>, call: ModelCallOptions) {
        sum.calls += 1;
        try {
          const answer = await model.generate(request, {
            ...call,
            onEvent: (event) => {
              hear(event);
              call.onEvent?.(event);
            },
          });
          if (answer.source !== "network") {
            known.calls += 1;
            known.tokens += countTokens(answer.usage);
          }
          return answer;
        } catch (thrown) {
          failure = thrown instanceof Error ? thrown : new Error(String(thrown));
          throw thrown;
        }
      },
    },
    spent: () => ({
      ...{ calls: sum.calls, tokens: sum.tokens, known: { ...known } },
      usd: sum.isPriced ? formatDollars(sum.pico) : null,
    }),
    failure: () => failure,
  };
}

/** Sums of sums. */
export function addSpent(all: readonly Spent[]): Spent {
  const add = (of: (one: Spent) => number): number =>
    all.reduce((total, one) => total + of(one), 0);
  const usd = all.map((one) => one.usd).filter((one) => one !== null);
  const isPriced = usd.length === all.length;
  return {
    calls: add(({ calls }) => calls),
    tokens: add(({ tokens }) => tokens),
    usd: isPriced ? formatDollars(usd.reduce((total, one) => total + parseDollars(one), 0n)) : null,
    known: { calls: add(({ known }) => known.calls), tokens: add(({ known }) => known.tokens) },
  };
}
