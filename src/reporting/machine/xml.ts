/** A text as XML character data or attribute value; what XML 1.0 cannot hold becomes `�`. */
export function escapeXml(text: string): string {
  return toXmlChars(text).replace(/[&<>"'\n\r\t]/g, (char) => ENTITIES[char] ?? char);
}

const ENTITIES: Readonly<Record<string, string>> = {
  "&": "&amp;",
  "<": "&lt;",
  ">": "&gt;",
  '"': "&quot;",
  "'": "&apos;",
  "\n": "&#10;",
  "\r": "&#13;",
  "\t": "&#9;",
};

/** Attributes in order; each value is escaped. */
export type Attributes = Readonly<Record<string, string | number>>;

/** An element on a line of its own, its children indented below it. */
export function element(
  name: string,
  attributes: Attributes,
  children: readonly string[] = [],
): string {
  const open = `<${name}${Object.entries(attributes)
    .map(([key, value]) => ` ${key}="${escapeXml(String(value))}"`)
    .join("")}`;
  if (children.length === 0) return `${open}/>`;
  const inner = children.map((child) => child.replace(/^/gm, "  ")).join("\n");
  return `${open}>\n${inner}\n</${name}>`;
}

/** XML 1.0, production 2 "Char": no other control characters, no lone surrogates, no U+FFFE or U+FFFF. */
function toXmlChars(text: string): string {
  return (
    text
      .toWellFormed()
      // eslint-disable-next-line no-control-regex -- control characters are what is replaced
      .replace(/[\u0000-\u0008\u000b\u000c\u000e-\u001f\ufffe\uffff]/g, "\ufffd")
  );
}
