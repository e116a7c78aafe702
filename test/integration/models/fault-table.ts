import type { FaultName } from "../../../src/adapters/mock-llm/faults.ts";
import type { UsageSource } from "../../../src/contract/model/usage.ts";
import type { ErrorCode } from "../../../src/kernel/error-table.ts";

/** How a call goes on whose first request met a fault. */
export type Recovery =
  /** The answer is whole all the same. */
  | "answers"
  /** The same model again, after the time that it asked for. */
  | "waits"
  /** The same model again, after a backoff. */
  | "again"
  /** The same model again at once, with another request. */
  | "amends"
  /** Another model at once. */
  | "other"
  /** The call ends with the error of the request. */
  | "fails";

export interface FaultRow {
  /** Of the request that met the fault; null where the wire saw nothing wrong. */
  readonly code: ErrorCode | null;
  /** With another model at hand, and without one. */
  readonly beside: Recovery;
  readonly alone: Recovery;
  /** Where the tokens of that request come from: only what breaks off before its counts came may be estimated. */
  readonly tokens: UsageSource;
}

/** What passes: better elsewhere, and worth another try where there is no elsewhere. */
const passing = (code: ErrorCode, tokens: UsageSource = "none"): FaultRow => ({
  ...{ code, beside: "other", alone: "again", tokens },
});
/** What will be the same next time, but not elsewhere. */
const ofTheModel = (code: ErrorCode, tokens: UsageSource = "none"): FaultRow => ({
  ...{ code, beside: "other", alone: "fails", tokens },
});
/** What is wrong everywhere, or must not be told to anybody else. */
const final = (code: ErrorCode): FaultRow => ({
  ...{ code, beside: "fails", alone: "fails", tokens: "none" },
});
const always = (
  recovery: Recovery,
  code: ErrorCode | null,
  tokens: UsageSource = "none",
): FaultRow => ({ ...{ code, beside: recovery, alone: recovery, tokens } });

/** The wire saw an answer, which is not what the model said: it is asked for once more. */
const DAMAGED: FaultRow = { code: null, beside: "other", alone: "again", tokens: "reported" };

/** What each fault has to come to. A fault without a row does not compile. */
export const FAULT_ROWS: Readonly<Record<FaultName, FaultRow>> = {
  "rate-limit": always("waits", "RGS-4007"),
  "rate-limit-date": always("waits", "RGS-4007"),
  "rate-limit-bare": passing("RGS-4007"),
  // Nobody has the patience, so that where there is no other model the call says when to come back.
  "retry-after-absurd": ofTheModel("RGS-4007"),
  "retry-after-garbage": passing("RGS-4007"),
  "quota-exhausted": ofTheModel("RGS-4017"),
  overloaded: passing("RGS-4008"),

  "status-500": passing("RGS-4008"),
  "status-502": passing("RGS-4008"),
  "status-503": passing("RGS-4008"),
  "key-rejected": final("RGS-4001"),
  "key-forbidden": final("RGS-4001"),
  "model-gone": ofTheModel("RGS-4005"),
  "context-overflow": ofTheModel("RGS-4006"),
  "bad-parameter": always("amends", "RGS-4004"),
  "bad-request": final("RGS-4003"),
  redirect: final("RGS-4021"),

  silence: passing("RGS-4009"),
  "first-token-hang": passing("RGS-4009"),
  "stream-hang": passing("RGS-4009", "estimated"),
  endless: passing("RGS-4009", "estimated"),
  slow: always("answers", null, "reported"),

  reset: passing("RGS-4008"),
  "stream-reset": passing("RGS-4010", "estimated"),
  "stream-cut": passing("RGS-4010", "estimated"),
  // Half of a compressed body: not a word of it can be read.
  "gzip-cut": passing("RGS-4010"),
  "length-short": passing("RGS-4010", "estimated"),
  // The counts stand behind the frame that ends the reading.
  "malformed-frame": passing("RGS-4010", "estimated"),
  "stream-error": passing("RGS-4008", "estimated"),
  "no-finish": passing("RGS-4010", "estimated"),
  "duplicate-frames": DAMAGED,

  html: passing("RGS-4011"),
  garbage: passing("RGS-4011"),
  "error-in-200": passing("RGS-4008"),
  empty: passing("RGS-4013", "reported"),
  refusal: ofTheModel("RGS-4014", "reported"),
  "answer-cut": always("answers", null, "reported"),
  // The wire saw an answer; the schema did not.
  "wrong-schema": always("amends", null, "reported"),

  "broken-tool-input": passing("RGS-4011", "reported"),
  "cut-tool-input": passing("RGS-4011", "reported"),
  "swapped-tool-frames": passing("RGS-4011", "reported"),
  "duplicate-tool-call": DAMAGED,
  "wrong-usage": always("answers", null, "estimated"),
  "no-usage": always("answers", null, "estimated"),
};

/** Faults that a protocol cannot have: its tool calls come whole. */
export const NOT_THERE: Readonly<Record<string, readonly FaultName[]>> = {
  google: ["cut-tool-input", "swapped-tool-frames", "broken-tool-input"],
};
