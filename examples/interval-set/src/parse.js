import { IntervalSet } from "./interval-set.js";

/**
 * Reads what people write for page ranges: whole numbers and `from-to` ranges, both ends included.
 *
 * @param {string} text
 * @returns {IntervalSet}
 * @throws {SyntaxError} when a part is neither
 * @example
 * parseIntervals("1-3, 7").toString(); // "[1, 4) [7, 8)"
 */
export function parseIntervals(text) {
  const intervals = [];
  for (const part of text.split(",")) {
    const trimmed = part.trim();
    if (trimmed === "") continue;
    const match = /^(\d{1,15})(?:\s*-\s*(\d{1,15}))?$/.exec(trimmed);
    if (match === null) throw new SyntaxError(`"${trimmed}" is neither a number nor a range`);
    const first = Number(match[1]);
    const last = match[2] === undefined ? first : Number(match[2]);
    intervals.push({ start: Math.min(first, last), end: Math.max(first, last) + 1 });
  }
  return new IntervalSet(intervals);
}
