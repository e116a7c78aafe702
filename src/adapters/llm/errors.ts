import type { ErrorCode } from "../../kernel/error-table.ts";
import { RegooseError } from "../../kernel/errors.ts";

/** Facts of a failed request that its error carries in `details`. */
export interface RequestFacts {
  readonly provider: string;
  readonly model: string;
  /** Of HTTP; null where no answer came. */
  readonly status: number | null;
  /** The provider's name of the request; null where it gave none. */
  readonly requestId: string | null;
}

interface More {
  readonly retryAfterMs?: number | undefined;
  readonly hint?: string | undefined;
  readonly cause?: unknown;
  readonly details?: Readonly<Record<string, unknown>>;
}

/** An error of one request to a model. `what` completes the sentence that begins with provider and model. */
export function createModelError(
  code: ErrorCode,
  facts: RequestFacts,
  what: string,
  { details, ...more }: More = {},
): RegooseError {
  return new RegooseError(code, `${facts.provider}/${facts.model} ${what}`, {
    ...more,
    details: { ...facts, ...details },
  });
}

/** RGS-4009: one of the limits on time was reached. */
export function createModelTimedOut(
  facts: RequestFacts,
  phase: "load" | "connect" | "first token" | "gap" | "total",
  limitMs: number,
): RegooseError {
  const seconds = `${Math.round(limitMs / 100) / 10} s`;
  const what = {
    load: `was not loaded within ${seconds}`,
    connect: `could not be connected to within ${seconds}`,
    "first token": `sent no token within ${seconds}`,
    gap: `fell silent for ${seconds} in mid-answer`,
    total: `had not ended its answer after ${seconds}`,
  }[phase];
  return createModelError("RGS-4009", facts, what, { details: { phase, limitMs } });
}
