import { ERROR_ADVICE } from "./error-advice.ts";
import { toErrorFacts, type ErrorClass, type ErrorCode } from "./error-table.ts";

/** Whether what failed may have changed something outside all the same. */
export type SideEffect = "none" | "maybe" | "done";

/** Facts a {@link RegooseError} carries beside its message. */
export interface RegooseErrorOptions {
  /** What to do next, in words. @defaultValue the advice for the code */
  readonly hint?: string | undefined;
  /** @defaultValue true for a `transient` or `rate-limited` error without side effects */
  readonly retryable?: boolean;
  /** When the other side asked to be called again, ms from now. */
  readonly retryAfterMs?: number | undefined;
  /** @defaultValue `none` */
  readonly sideEffect?: SideEffect;
  /** The outside call that failed, as events and logs name it. */
  readonly correlationId?: string | undefined;
  /** Structured facts; never secrets. */
  readonly details?: Readonly<Record<string, unknown>>;
  readonly cause?: unknown;
}

/**
 * The base of every error Regoose throws on purpose. Anything else that escapes is a defect.
 * `code` is stable (`RGS-1001`); `name` (`TargetNotFound`) and class are those of `error-table.ts`.
 */
export class RegooseError extends Error {
  readonly code: ErrorCode;
  readonly errorClass: ErrorClass;
  readonly hint: string;
  readonly retryable: boolean;
  readonly retryAfterMs: number | undefined;
  readonly sideEffect: SideEffect;
  readonly correlationId: string | undefined;
  readonly details: Readonly<Record<string, unknown>>;

  constructor(code: ErrorCode, message: string, options: RegooseErrorOptions = {}) {
    super(message, options.cause === undefined ? undefined : { cause: options.cause });
    const facts = toErrorFacts(code);
    this.name = facts.name;
    this.code = code;
    this.errorClass = facts.class;
    this.hint = options.hint ?? ERROR_ADVICE[code].next;
    this.sideEffect = options.sideEffect ?? "none";
    this.retryable = options.retryable ?? isPassing(facts.class, this.sideEffect);
    this.retryAfterMs = options.retryAfterMs;
    this.correlationId = options.correlationId;
    this.details = options.details ?? {};
  }
}

/** Whether the same call, made again, may well succeed and does nothing twice. */
function isPassing(errorClass: ErrorClass, sideEffect: SideEffect): boolean {
  return (errorClass === "transient" || errorClass === "rate-limited") && sideEffect === "none";
}

/** The message of anything that was thrown. */
export function toMessage(thrown: unknown): string {
  return thrown instanceof Error ? thrown.message : String(thrown);
}

/** The Node error code (`ENOENT`, …) of anything that was thrown, or undefined; our own codes are none. */
export function toErrno(thrown: unknown): string | undefined {
  if (thrown instanceof RegooseError) return undefined;
  if (typeof thrown !== "object" || thrown === null || !("code" in thrown)) return undefined;
  return typeof thrown.code === "string" ? thrown.code : undefined;
}

/** One error below another, short. */
export interface ErrorCause {
  readonly name: string;
  /** Ours (`RGS-nnnn`) or Node's (`ENOENT`); null where it has none. */
  readonly code: string | null;
  readonly message: string;
}

const MOST_CAUSES = 5;
const LONGEST_CAUSE = 500;

/**
 * What lies below an error, nearest first: at most five, each message cut at 500 characters. One that
 * only repeats the message above it is left out.
 */
export function listCauses(error: Error): readonly ErrorCause[] {
  const causes: ErrorCause[] = [];
  const seen = new Set<unknown>([error]);
  let above = error.message;
  for (let one = error.cause; one != null && !seen.has(one); one = toCause(one)) {
    if (causes.length === MOST_CAUSES) break;
    seen.add(one);
    const message = toMessage(one);
    if (message !== above) causes.push({ ...toIdentity(one), message: cut(message) });
    above = message;
  }
  return causes;
}

function toCause(thrown: unknown): unknown {
  return thrown instanceof Error ? thrown.cause : undefined;
}

function toIdentity(thrown: unknown): Omit<ErrorCause, "message"> {
  const code = thrown instanceof RegooseError ? thrown.code : toErrno(thrown);
  return { name: thrown instanceof Error ? thrown.name : typeof thrown, code: code ?? null };
}

function cut(text: string): string {
  return text.length <= LONGEST_CAUSE ? text : `${text.slice(0, LONGEST_CAUSE - 1)}…`;
}
