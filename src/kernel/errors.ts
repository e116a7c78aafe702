/** What went wrong, seen from the person who has to act on it. */
export type ErrorClass =
  "transient" | "rate-limited" | "permanent" | "configuration" | "user" | "defect" | "cancelled";

/** Facts a {@link RegooseError} carries beside its message. */
export interface RegooseErrorOptions {
  /** Stable code, `RGS-nnnn`; see `docs/errors.md`. */
  readonly code: string;
  readonly errorClass: ErrorClass;
  /** What to do next, in words. */
  readonly hint?: string;
  readonly retryable?: boolean;
  /** Structured facts; never secrets. */
  readonly details?: Readonly<Record<string, unknown>>;
  readonly cause?: unknown;
}

/**
 * The base of every error Regoose throws on purpose. Anything else that escapes is a defect.
 * `name` is readable (`TargetNotFound`), `code` is stable (`RGS-1001`).
 */
export class RegooseError extends Error {
  readonly code: string;
  readonly errorClass: ErrorClass;
  readonly hint: string | undefined;
  readonly retryable: boolean;
  readonly details: Readonly<Record<string, unknown>>;

  constructor(name: string, message: string, options: RegooseErrorOptions) {
    super(message, options.cause === undefined ? undefined : { cause: options.cause });
    this.name = name;
    this.code = options.code;
    this.errorClass = options.errorClass;
    this.hint = options.hint;
    this.retryable = options.retryable ?? options.errorClass === "transient";
    this.details = options.details ?? {};
  }
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
