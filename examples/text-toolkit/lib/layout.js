"use strict";

/**
 * Breaks text into lines of at most `width` characters. Words longer than a line are cut; existing
 * line breaks are kept.
 *
 * @param {string} text
 * @param {number} [width]
 * @returns {string}
 * @throws {RangeError} when `width` is not a positive integer
 * @example
 * wordWrap("the quick brown fox", 10); // "the quick\nbrown fox"
 */
function wordWrap(text, width = 80) {
  if (!Number.isInteger(width) || width < 1) {
    throw new RangeError(`width must be a positive integer, got ${width}`);
  }
  return text
    .split("\n")
    .map((line) => wrapLine(line, width).join("\n"))
    .join("\n");
}

function wrapLine(line, width) {
  const lines = [];
  let current = "";
  for (let word of line.split(/\s+/).filter(Boolean)) {
    if (current !== "" && current.length + 1 + word.length <= width) {
      current += " " + word;
      continue;
    }
    if (current !== "") lines.push(current);
    while (word.length > width) {
      lines.push(word.slice(0, width));
      word = word.slice(width);
    }
    current = word;
  }
  lines.push(current);
  return lines;
}

/**
 * Shortens text to at most `length` characters, the ellipsis included.
 *
 * @param {string} text
 * @param {number} length
 * @param {{ ellipsis?: string, position?: "end" | "middle" }} [options]
 * @returns {string}
 * @example
 * truncate("a long sentence", 9); // "a long s…"
 */
function truncate(text, length, options = {}) {
  const { ellipsis = "…", position = "end" } = options;
  if (text.length <= length) return text;
  const room = length - ellipsis.length;
  if (room <= 0) return ellipsis.slice(0, Math.max(0, length));
  if (position === "middle") {
    const head = Math.ceil(room / 2);
    return text.slice(0, head) + ellipsis + text.slice(text.length - (room - head));
  }
  return text.slice(0, room) + ellipsis;
}

module.exports = { wordWrap, truncate };
