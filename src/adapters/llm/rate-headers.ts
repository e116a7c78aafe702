type Headers = Readonly<Record<string, string>>;

/** What a provider says about one of its limits. */
export interface RateWindow {
  readonly limit: number | null;
  readonly remaining: number | null;
  /** When it is full again, ms from now. */
  readonly resetMs: number | null;
}

export interface RateLimits {
  readonly requests: RateWindow;
  readonly tokens: RateWindow;
}

/** Longest wait that is believed; what asks for more is cut to it, and no call waits so long. */
const MOST_RETRY_MS = 24 * 60 * 60 * 1_000;

/**
 * When to come back, ms: `retry-after-ms`, or `Retry-After` in seconds or as a date (RFC 9110, section 10.2.3).
 * Undefined where nothing is said that can be understood.
 */
export function readRetryAfterMs(headers: Headers, nowMs: number): number | undefined {
  const exactMs = toNumber(headers["retry-after-ms"]);
  if (exactMs !== null) return cap(exactMs);
  const text = headers["retry-after"];
  const seconds = toNumber(text);
  if (seconds !== null) return cap(seconds * 1_000);
  // A date that is no date is NaN; `Date.parse` takes many texts, so it has to look like one.
  if (text === undefined || !/GMT|UTC|\d{4}-\d\d-\d\d/u.test(text)) return undefined;
  const atMs = Date.parse(text);
  return Number.isNaN(atMs) ? undefined : cap(atMs - nowMs);
}

/** Reads `x-ratelimit-*` (OpenAI and those who follow it) and `anthropic-ratelimit-*`. */
export function readRateLimits(headers: Headers, nowMs: number): RateLimits {
  return {
    requests: readWindow(headers, "requests", nowMs),
    tokens: readWindow(headers, "tokens", nowMs),
  };
}

function readWindow(headers: Headers, unit: "requests" | "tokens", nowMs: number): RateWindow {
  const read = (field: string): string | undefined =>
    headers[`x-ratelimit-${field}-${unit}`] ?? headers[`anthropic-ratelimit-${unit}-${field}`];
  return {
    limit: toNumber(read("limit")),
    remaining: toNumber(read("remaining")),
    resetMs: readReset(read("reset"), nowMs),
  };
}

/** `1s`, `6m0s`, `20ms` or a date. */
function readReset(text: string | undefined, nowMs: number): number | null {
  if (text === undefined) return null;
  if (/^(?:\d+(?:\.\d+)?(?:ms|s|m|h))+$/u.test(text)) {
    const units: Readonly<Record<string, number>> = { ms: 1, s: 1_000, m: 60_000, h: 3_600_000 };
    let sumMs = 0;
    for (const [, amount, unit] of text.matchAll(/(\d+(?:\.\d+)?)(ms|s|m|h)/gu))
      sumMs += Number(amount) * (units[unit ?? ""] ?? 0);
    return cap(sumMs);
  }
  const atMs = Date.parse(text);
  return Number.isNaN(atMs) ? null : cap(atMs - nowMs);
}

function toNumber(text: string | undefined): number | null {
  return text !== undefined && /^\d+(?:\.\d+)?$/u.test(text.trim()) ? Number(text) : null;
}

function cap(ms: number): number {
  return Math.round(Math.min(MOST_RETRY_MS, Math.max(0, ms)));
}
