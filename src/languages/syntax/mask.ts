import type { Lexis } from "../../contract/language.ts";

/**
 * The text with nothing but code left, at the same offsets: comments become blanks, strings a run of `"` on the line
 * where they begin and blanks after it. Line ends stay.
 */
export function maskText(text: string, lexis: Lexis): string {
  let masked = "";
  let at = 0;
  while (at < text.length) {
    const span = findSpan(text, at, lexis);
    if (span === null) {
      masked += text.charAt(at);
      at += 1;
      continue;
    }
    masked += blank(text.slice(at, span.end), span.kind === "string" ? '"' : " ");
    at = span.end;
  }
  return masked;
}

interface Span {
  readonly kind: "comment" | "string";
  readonly end: number;
}

/** The comment or string that begins at `at`, or null. */
function findSpan(text: string, at: number, lexis: Lexis): Span | null {
  for (const [open, close] of lexis.blockComments) {
    if (!text.startsWith(open, at)) continue;
    const end = text.indexOf(close, at + open.length);
    return { kind: "comment", end: end === -1 ? text.length : end + close.length };
  }
  for (const mark of lexis.lineComments) {
    if (!text.startsWith(mark, at) || !opensComment(text, at, mark)) continue;
    const end = text.indexOf("\n", at);
    return { kind: "comment", end: end === -1 ? text.length : end };
  }
  for (const quote of lexis.strings) {
    if (!text.startsWith(quote.open, at)) continue;
    return { kind: "string", end: findEnd(text, at + quote.open.length, quote) };
  }
  return null;
}

/** In `$#list`, `${#name}` and `&#38;` a hash begins no comment. */
function opensComment(text: string, at: number, mark: string): boolean {
  return mark !== "#" || !/[$&{]/u.test(text.charAt(at - 1));
}

function findEnd(text: string, from: number, quote: Lexis["strings"][number]): number {
  for (let at = from; at < text.length; at += 1) {
    if (quote.hasEscapes && text.charAt(at) === "\\") {
      at += 1;
      continue;
    }
    if (text.startsWith(quote.close, at)) return at + quote.close.length;
    if (!quote.isLong && text.charAt(at) === "\n") return at;
  }
  return text.length;
}

function blank(span: string, fill: string): string {
  const [first = "", ...rest] = span.split("\n");
  return [fill.repeat(first.length), ...rest.map((line) => " ".repeat(line.length))].join("\n");
}
