/** Markup that is safe to write into the page; only {@link html} and {@link raw} make it. */
export interface Markup {
  readonly markup: string;
}

type Part = Markup | string | number | null | readonly Part[];

/** A template whose values are escaped, except those that are markup already. */
export function html(strings: TemplateStringsArray, ...parts: readonly Part[]): Markup {
  let text = strings[0] ?? "";
  for (const [index, part] of parts.entries()) text += toText(part) + (strings[index + 1] ?? "");
  return { markup: text };
}

/** Text that is markup already; never anything that the target or a test said. */
export function raw(markup: string): Markup {
  return { markup };
}

function toText(part: Part): string {
  if (part === null) return "";
  if (typeof part === "string") return escapeHtml(part);
  if (typeof part === "number") return String(part);
  return "markup" in part ? part.markup : part.map(toText).join("");
}

/** A text for element content or a quoted attribute. Direction marks become visible. */
export function escapeHtml(text: string): string {
  return text.toWellFormed().replace(UNSAFE, (char) => ENTITIES[char] ?? toVisible(char));
}

const UNSAFE =
  // eslint-disable-next-line no-control-regex -- control characters are what is replaced
  /[&<>"'`\u0000-\u0008\u000b-\u001f\u007f-\u009f\u200b-\u200f\u2028\u2029\u202a-\u202e\u2066-\u2069\ufeff]/g;

const ENTITIES: Readonly<Record<string, string>> = {
  "&": "&amp;",
  "<": "&lt;",
  ">": "&gt;",
  '"': "&quot;",
  "'": "&#39;",
  "`": "&#96;",
  "\r": "",
};

function toVisible(char: string): string {
  return `\\u${char.charCodeAt(0).toString(16).padStart(4, "0")}`;
}

/** JSON that stands in a `<script>` element without ending it or breaking a line of it. */
export function toScriptJson(value: unknown): string {
  return JSON.stringify(value)
    .replace(/</g, "\\u003c")
    .replace(/>/g, "\\u003e")
    .replace(/\u2028/g, "\\u2028")
    .replace(/\u2029/g, "\\u2029");
}
