import { countTokens } from "../../contract/model/usage.ts";
import type { ModelPort } from "../../ports/model.ts";

/** What calls took. */
export interface Spent {
  readonly calls: number;
  readonly tokens: number;
  /** Decimal text; null where a price is not known. */
  readonly usd: string | null;
}

/** A model whose calls are counted. */
export interface Meter {
  readonly port: ModelPort;
  spent(): Spent;
  /** The latest error of a model; null for none. */
  failure(): Error | null;
}

/** Sums what calls took. What stands in a recording or the cache took nothing now. */
export function createMeter(model: ModelPort): Meter {
  let calls = 0;
  let tokens = 0;
  let micros = 0;
  let isPriced = true;
  let failure: Error | null = null;
  return {
    port: {
      models: () => model.models(),
      async generate(request, call) {
        calls += 1;
        try {
          const answer = await model.generate(request, call);
          tokens += countTokens(answer.usage);
          for (const { cost } of answer.attempts) {
            isPriced &&= cost.usd !== null;
            micros += Number(cost.usd ?? 0) * 1e6;
          }
          return answer;
        } catch (thrown) {
          failure = thrown instanceof Error ? thrown : new Error(String(thrown));
          throw thrown;
        }
      },
    },
    spent: () => ({ calls, tokens, usd: isPriced ? (micros / 1e6).toFixed(6) : null }),
    failure: () => failure,
  };
}
