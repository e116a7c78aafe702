"use strict";

const SMALL_WORDS = new Set(["a", "an", "and", "at", "for", "in", "of", "on", "or", "the", "to"]);

/**
 * Turns any text into a part of a URL.
 *
 * @param {string} text
 * @param {{ separator?: string, maxLength?: number }} [options] `maxLength` cuts at a whole word
 * @returns {string} lower-case ASCII letters and digits, joined by the separator
 * @example
 * slugify("Crème brûlée, twice!"); // "creme-brulee-twice"
 */
function slugify(text, options = {}) {
  const separator = options.separator ?? "-";
  const maxLength = options.maxLength ?? Infinity;
  const words = text
    .normalize("NFKD")
    .replace(/[\u0300-\u036f]/g, "")
    .replace(/&/g, " and ")
    .toLowerCase()
    .split(/[^a-z0-9]+/)
    .filter((word) => word !== "");
  let slug = "";
  for (const word of words) {
    const longer = slug === "" ? word : slug + separator + word;
    if (longer.length > maxLength) break;
    slug = longer;
  }
  return slug;
}

/**
 * Capitalises a heading; short words inside it stay small.
 *
 * @param {string} text
 * @returns {string}
 * @example
 * titleCase("the lord of the rings"); // "The Lord of the Rings"
 */
function titleCase(text) {
  const words = text.trim().split(/\s+/);
  return words
    .map((word, index) => {
      const lower = word.toLowerCase();
      const isInside = index > 0 && index < words.length - 1;
      if (isInside && SMALL_WORDS.has(lower)) return lower;
      return lower.charAt(0).toUpperCase() + lower.slice(1);
    })
    .join(" ");
}

module.exports = { slugify, titleCase };
