"use strict";

const UNITS = [
  { name: "d", ms: 86_400_000 },
  { name: "h", ms: 3_600_000 },
  { name: "m", ms: 60_000 },
  { name: "s", ms: 1000 },
  { name: "ms", ms: 1 },
];

/**
 * Reads a duration such as `1h 30m`, `2.5s` or `-45m`.
 *
 * @param {string} text
 * @returns {number | null} milliseconds, or null when the text is no duration
 * @example
 * parseDuration("1h 30m"); // 5400000
 */
function parseDuration(text) {
  const trimmed = text.trim().toLowerCase();
  if (!/^-?(?:\d+(?:\.\d+)?\s*(?:ms|[dhms])\s*)+$/.test(trimmed)) return null;
  let total = 0;
  for (const [, amount, unit] of trimmed.matchAll(/(\d+(?:\.\d+)?)\s*(ms|[dhms])/g)) {
    total += Number(amount) * UNITS.find(({ name }) => name === unit).ms;
  }
  return trimmed.startsWith("-") ? -total : total;
}

/**
 * Writes a duration with at most `parts` units, largest first.
 *
 * @param {number} milliseconds
 * @param {number} [parts]
 * @returns {string}
 * @throws {RangeError} when the duration is not finite
 * @example
 * formatDuration(5400000); // "1h 30m"
 */
function formatDuration(milliseconds, parts = 2) {
  if (!Number.isFinite(milliseconds)) throw new RangeError("a duration must be finite");
  let rest = Math.abs(Math.round(milliseconds));
  const pieces = [];
  for (const { name, ms } of UNITS) {
    if (pieces.length >= parts) break;
    const amount = Math.floor(rest / ms);
    if (amount === 0) continue;
    pieces.push(`${amount}${name}`);
    rest -= amount * ms;
  }
  if (pieces.length === 0) return "0ms";
  return (milliseconds < 0 ? "-" : "") + pieces.join(" ");
}

module.exports = { parseDuration, formatDuration };
