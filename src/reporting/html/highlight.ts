import { escapeHtml, raw, type Markup } from "./markup.ts";

/** Half-open range of UTF-16 offsets with the class it is shown in. */
export interface Span {
  readonly start: number;
  readonly end: number;
  readonly style: string;
}

const KEYWORDS: ReadonlySet<string> = new Set(
  (
    "abstract as async await break case catch class const constructor continue debugger declare default delete do else enum " +
    "export extends false finally for from function get if implements import in instanceof interface let new null of package " +
    "private protected public readonly return satisfies set static super switch this throw true try type typeof undefined var " +
    "void while with yield"
  ).split(" "),
);

/** After one of these a slash starts a regular expression. */
const BEFORE_REGEX =
  /[(,=:[!&|?{};+\-*%~^<>]$|\b(?:return|typeof|case|in|of|delete|void|throw|new|do|else|yield|await)$/;

const TOKEN =
  /\/\/[^\n]*|\/\*[\s\S]*?(?:\*\/|$)|"(?:[^"\\\n]|\\.)*"?|'(?:[^'\\\n]|\\.)*'?|`(?:[^`\\]|\\[\s\S])*`?|\b(?:0[xob][\da-f_]+|\d[\d_]*(?:\.[\d_]+)?(?:e[+-]?\d+)?)n?\b|[A-Za-z_$][\w$]*|\//giy;

const REGEX = /\/(?![*/])(?:[^\\/[\n]|\\.|\[(?:[^\]\\\n]|\\.)*\])+\/[a-z]*/y;

/** Comments, strings, numbers, keywords and calls of JavaScript or TypeScript, in order. A lexer, not a parser. */
export function toTokens(source: string): readonly Span[] {
  const spans: Span[] = [];
  let at = 0;
  let before = "";
  while (at < source.length) {
    TOKEN.lastIndex = at;
    const match = TOKEN.exec(source);
    if (match === null) {
      const char = source[at] ?? "";
      if (char.trim() !== "") before = char;
      at += 1;
      continue;
    }
    const text = match[0] === "/" ? (readRegex(source, at, before) ?? "/") : match[0];
    const style = styleOf(text, source, at + text.length);
    if (style !== null) spans.push({ start: at, end: at + text.length, style });
    if (style !== "c") before = text.slice(-12);
    at += text.length;
  }
  return spans;
}

function readRegex(source: string, at: number, before: string): string | null {
  if (before !== "" && !BEFORE_REGEX.test(before)) return null;
  REGEX.lastIndex = at;
  return REGEX.exec(source)?.[0] ?? null;
}

/** Classes: `c` comment, `s` string, `n` number, `k` keyword, `f` called name, `r` regular expression. */
function styleOf(text: string, source: string, end: number): string | null {
  if (text.startsWith("//") || text.startsWith("/*")) return "c";
  const first = text.charAt(0);
  if (first === '"' || first === "'" || first === "`") return "s";
  if (first === "/") return text.length > 1 ? "r" : null;
  if (first >= "0" && first <= "9") return "n";
  if (KEYWORDS.has(text)) return "k";
  return source.charAt(end) === "(" ? "f" : null;
}

/** A piece of code as markup without line structure. */
export function highlight(source: string): Markup {
  const text = source.slice(0, MAX_SNIPPET);
  return raw(paint(text, 0, text.length, [toTokens(text)]));
}

const MAX_SNIPPET = 40_000;

/**
 * The part of a source from `start` to `end`, each layer's spans as elements. Spans within a layer
 * do not overlap; where layers cross, elements are split, so that the markup always nests.
 */
export function paint(
  source: string,
  start: number,
  end: number,
  layers: readonly (readonly Span[])[],
): string {
  const cuts = new Set<number>([start, end]);
  const inside = layers.map((spans) =>
    spans.filter((span) => span.end > start && span.start < end),
  );
  for (const spans of inside) {
    for (const span of spans) {
      cuts.add(Math.max(start, span.start));
      cuts.add(Math.min(end, span.end));
    }
  }
  const points = [...cuts].sort((a, b) => a - b);
  let text = "";
  for (let index = 0; index + 1 < points.length; index += 1) {
    const from = points[index] ?? 0;
    const to = points[index + 1] ?? 0;
    const styles = inside.flatMap((spans) =>
      spans.filter((span) => span.start <= from && span.end >= to).map((span) => span.style),
    );
    const piece = escapeHtml(source.slice(from, to));
    text += styles.length === 0 ? piece : `<i class="${styles.join(" ")}">${piece}</i>`;
  }
  return text;
}
