import { invalidDuration } from "./errors.ts";

const UNITS: Readonly<Record<string, number>> = {
  ms: 1,
  s: 1_000,
  m: 60_000,
  min: 60_000,
  h: 3_600_000,
};
/** Longer waits are mistakes, and timers past 2^31 ms fire at once. */
const MAX_MS = 24 * 3_600_000;

/**
 * Milliseconds of `"60s"`, `"2m"`, `"500ms"`, `"1h"`, `"1m30s"` or plain seconds (`"90"`); more than zero, at
 * most a day.
 * @throws InvalidDuration (RGS-2003)
 */
export function parseDuration(text: string): number {
  const compact = text.trim().toLowerCase().replaceAll(/\s+/g, "");
  const milliseconds = /^\d+(?:\.\d+)?$/.test(compact)
    ? Number(compact) * 1_000
    : sumParts(compact);
  const isUsable = Number.isFinite(milliseconds) && milliseconds >= 1 && milliseconds <= MAX_MS;
  if (!isUsable) throw invalidDuration(text);
  return Math.round(milliseconds);
}

function sumParts(compact: string): number {
  if (!/^(?:\d+(?:\.\d+)?(?:ms|min|s|m|h))+$/.test(compact)) return Number.NaN;
  let total = 0;
  for (const [, amount, unit] of compact.matchAll(/(\d+(?:\.\d+)?)(ms|min|s|m|h)/g)) {
    total += Number(amount) * (UNITS[unit ?? ""] ?? Number.NaN);
  }
  return total;
}

/** The shortest exact way to write a duration that {@link parseDuration} reads back: `60s`, `2m`, `500ms`. */
export function formatDuration(milliseconds: number): string {
  if (milliseconds % 3_600_000 === 0) return `${milliseconds / 3_600_000}h`;
  if (milliseconds % 60_000 === 0 && milliseconds > 60_000) return `${milliseconds / 60_000}m`;
  return milliseconds % 1_000 === 0 ? `${milliseconds / 1_000}s` : `${milliseconds}ms`;
}
