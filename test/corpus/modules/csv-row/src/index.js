/**
 * The fields of one row.
 *
 * @param {string} row without its line break
 * @param {{ delimiter?: string }} [options] one character; a comma by default
 * @returns {string[]}
 * @throws {SyntaxError} when a quoted field does not end, or something stands behind it
 */
export function parseRow(row, { delimiter = "," } = {}) {
  const fields = [];
  let at = 0;
  for (;;) {
    const [field, end] = row[at] === '"' ? readQuoted(row, at) : readPlain(row, at, delimiter);
    fields.push(field);
    if (end === row.length) return fields;
    if (row[end] !== delimiter) {
      throw new SyntaxError(`column ${end + 1}: expected "${delimiter}", not "${row[end]}"`);
    }
    at = end + 1;
  }
}

function readPlain(row, start, delimiter) {
  const next = row.indexOf(delimiter, start);
  const end = next === -1 ? row.length : next;
  return [row.slice(start, end), end];
}

function readQuoted(row, start) {
  let field = "";
  let at = start + 1;
  for (;;) {
    const quote = row.indexOf('"', at);
    if (quote === -1) throw new SyntaxError(`column ${start + 1}: the quoted field does not end`);
    field += row.slice(at, quote);
    if (row[quote + 1] !== '"') return [field, quote + 1];
    field += '"';
    at = quote + 2;
  }
}

/**
 * Writes fields so that parseRow reads them back.
 *
 * @param {readonly (string | number | boolean | null | undefined)[]} fields
 * @param {{ delimiter?: string }} [options]
 * @returns {string}
 */
export function formatRow(fields, { delimiter = "," } = {}) {
  return fields
    .map((field) => {
      const text = String(field ?? "");
      const needsQuotes = text.includes(delimiter) || /["\r\n]/.test(text);
      return needsQuotes ? `"${text.replaceAll('"', '""')}"` : text;
    })
    .join(delimiter);
}
