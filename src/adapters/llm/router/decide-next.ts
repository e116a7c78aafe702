import { RegooseError } from "../../../kernel/errors.ts";
import type { Row } from "./row.ts";

/** What follows on a failed attempt. */
export type NextStep =
  /** The same model again, after a wait. `Infinity`: after the usual backoff. */
  | { readonly do: "again"; readonly waitMs: number }
  /** Another model, if there is one. */
  | { readonly do: "other" }
  /** Another model; where there is none, the same again. */
  | { readonly do: "other-or-again"; readonly waitMs: number }
  /** Without the parameter that the provider named. */
  | { readonly do: "repair"; readonly parameter: string }
  | { readonly do: "give-up" };

/** A wait that the provider asks for and that is worth it, ms; beyond it another model is asked. */
export const SHORT_WAIT_MS = 10_000;

/** The longest that is waited for where there is no other model, ms: limits by the minute pass. After more, the call ends. */
const LONG_WAIT_MS = 60_000;

/**
 * Keys and requests that are wrong are wrong everywhere, so they never go to another model (401, 400). `row`: the model,
 * of whose keys others may only have to be waited for.
 */
export function decideNext(failure: RegooseError, row?: Row): NextStep {
  const { code, retryAfterMs, details } = failure;
  const waiting = row?.lanes.filter((lane) => !lane.isRefused()) ?? [];
  if (code === "RGS-4001" && waiting.length > 0)
    return { do: "again", waitMs: Math.min(...waiting.map((lane) => lane.waitMs())) };
  switch (code) {
    case "RGS-4004":
      return typeof details["parameter"] === "string"
        ? { do: "repair", parameter: details["parameter"] }
        : { do: "give-up" };
    case "RGS-4007":
      return retryAfterMs !== undefined && retryAfterMs <= SHORT_WAIT_MS
        ? { do: "again", waitMs: retryAfterMs }
        : toOther(retryAfterMs);
    case "RGS-4008":
    case "RGS-4009":
    case "RGS-4010":
    case "RGS-4011":
    case "RGS-4013":
    case "RGS-7502":
      return toOther(retryAfterMs);
    case "RGS-4005":
    case "RGS-4006":
    case "RGS-4012":
    case "RGS-4014":
    case "RGS-4017":
    case "RGS-4022":
      return { do: "other" };
    default:
      return { do: "give-up" };
  }
}

/** Nobody sits out a wait of minutes: the error says when to come back, and the run can be taken up then. */
function toOther(retryAfterMs: number | undefined): NextStep {
  return retryAfterMs !== undefined && retryAfterMs > LONG_WAIT_MS
    ? { do: "other" }
    : { do: "other-or-again", waitMs: retryAfterMs ?? Infinity };
}
