/** Milliseconds of each unit, from the largest to the smallest. */
const UNITS = [
  ["d", 86_400_000],
  ["h", 3_600_000],
  ["m", 60_000],
  ["s", 1_000],
  ["ms", 1],
];
const SIZES = new Map(UNITS);

/**
 * Reads a duration such as `1h 30m`.
 *
 * @param {string} text parts of number and unit
 * @returns {number} whole milliseconds
 * @throws {SyntaxError} when the text is no duration
 * @throws {RangeError} when a unit occurs twice
 */
export function parseDuration(text) {
  const trimmed = text.trim();
  const isNegative = trimmed.startsWith("-");
  const body = isNegative ? trimmed.slice(1) : trimmed;
  const part = /(\d+(?:\.\d+)?)(ms|[smhd]) */giy;
  const seen = new Set();
  let total = 0;
  do {
    const [, count, name] = part.exec(body) ?? refuse(text);
    const unit = name.toLowerCase();
    if (seen.has(unit)) throw new RangeError(`"${text}" has the unit ${unit} twice`);
    seen.add(unit);
    total += Number(count) * SIZES.get(unit);
  } while (part.lastIndex < body.length);
  const rounded = Math.round(total);
  return isNegative && rounded !== 0 ? -rounded : rounded;
}

function refuse(text) {
  throw new SyntaxError(`"${text}" is no duration`);
}

/**
 * Writes a duration so that `parseDuration` reads it back.
 *
 * @param {number} ms any finite number; a fraction is dropped
 * @returns {string} such as `-2d 4h`
 * @throws {TypeError} when it is no finite number
 */
export function formatDuration(ms) {
  if (!Number.isFinite(ms)) throw new TypeError(`${String(ms)} is no finite number`);
  let rest = Math.trunc(Math.abs(ms));
  if (rest === 0) return "0ms";
  const parts = [];
  for (const [unit, size] of UNITS) {
    const count = Math.floor(rest / size);
    rest -= count * size;
    if (count > 0) parts.push(`${count}${unit}`);
  }
  return (ms < 0 ? "-" : "") + parts.join(" ");
}
