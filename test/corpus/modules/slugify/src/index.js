/**
 * @typedef {object} SlugOptions
 * @property {string} [separator] one character between words; "-" by default
 * @property {number} [maxLength] most characters of a slug; no limit by default
 */

/**
 * Turns a title into the last part of an address.
 *
 * @param {string} text
 * @param {SlugOptions} [options]
 * @returns {string} letters a to z, digits and separators only
 */
export function slugify(text, { separator = "-", maxLength = Infinity } = {}) {
  const plain = text
    .normalize("NFKD")
    .replace(/\p{Mark}+/gu, "")
    .toLowerCase()
    .replaceAll("&", " and ");
  const words = plain.match(/[a-z0-9]+/g) ?? [];
  return words.join(separator).slice(0, maxLength);
}

/**
 * A slugify that never gives the same slug twice.
 *
 * @param {SlugOptions} [options]
 * @returns {(text: string) => string}
 */
export function createSlugger(options = {}) {
  const uses = new Map();
  return (text) => {
    const slug = slugify(text, options) || "untitled";
    const count = (uses.get(slug) ?? 0) + 1;
    uses.set(slug, count);
    return count === 1 ? slug : `${slug}${options.separator ?? "-"}${count}`;
  };
}
