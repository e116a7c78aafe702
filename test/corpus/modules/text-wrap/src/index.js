/**
 * Breaks text into lines at spaces.
 *
 * @param {string} text
 * @param {number} width most characters of a line
 * @param {{ indent?: string }} [options] what stands in front of every line but the first of a paragraph
 * @returns {string}
 * @throws {RangeError} when the width is no whole number above 0
 */
export function wrapText(text, width, { indent = "" } = {}) {
  checkWidth(width);
  return text
    .split("\n")
    .map((paragraph) => wrapParagraph(paragraph, width, indent))
    .join("\n");
}

function wrapParagraph(paragraph, width, indent) {
  const lines = [];
  let line = "";
  for (const word of paragraph.split(/ +/).filter((one) => one !== "")) {
    if (line === "") line = word;
    else if (line.length + 1 + word.length <= width) line += ` ${word}`;
    else {
      lines.push(line);
      line = indent + word;
    }
  }
  lines.push(line);
  return lines.join("\n");
}

/**
 * Cuts text that is too long.
 *
 * @param {string} text
 * @param {number} width
 * @returns {string} at most `width` characters, the last one `…` where something was cut
 */
export function truncateText(text, width) {
  checkWidth(width);
  return text.length <= width ? text : `${text.slice(0, width - 1)}…`;
}

function checkWidth(width) {
  if (!Number.isInteger(width) || width < 1) {
    throw new RangeError(`width must be a whole number above 0, not ${width}`);
  }
}
