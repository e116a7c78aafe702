"use strict";

/**
 * The least number of insertions, deletions and replacements that turn `from` into `to`.
 *
 * @param {string} from
 * @param {string} to
 * @returns {number}
 * @example
 * levenshtein("kitten", "sitting"); // 3
 */
function levenshtein(from, to) {
  if (from === to) return 0;
  let previous = Array.from({ length: to.length + 1 }, (_, column) => column);
  for (let row = 1; row <= from.length; row += 1) {
    const current = [row];
    for (let column = 1; column <= to.length; column += 1) {
      const cost = from[row - 1] === to[column - 1] ? 0 : 1;
      current[column] = Math.min(
        current[column - 1] + 1,
        previous[column] + 1,
        previous[column - 1] + cost,
      );
    }
    previous = current;
  }
  return previous[to.length];
}

/**
 * The candidate nearest to a mistyped word.
 *
 * @param {string} word
 * @param {string[]} candidates
 * @param {number} [maxDistance] candidates further away are no suggestion
 * @returns {string | null}
 * @example
 * closest("statu", ["start", "status", "stop"]); // "status"
 */
function closest(word, candidates, maxDistance = 3) {
  let best = null;
  let bestDistance = maxDistance + 1;
  for (const candidate of candidates) {
    const distance = levenshtein(word.toLowerCase(), candidate.toLowerCase());
    if (distance < bestDistance) {
      best = candidate;
      bestDistance = distance;
    }
  }
  return best;
}

module.exports = { levenshtein, closest };
