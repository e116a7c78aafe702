import type { Comment } from "@babel/types";

/** What a doc comment says about a callable. */
export interface DocComment {
  /** First sentence, or null. */
  readonly summary: string | null;
  readonly throws: readonly string[];
  /** Bodies of `@example` blocks. */
  readonly examples: readonly string[];
  /** True when it names at least one type (`{string}`), so that the checker reads types off it. */
  readonly hasTypes: boolean;
}

/** Longer comments are cut: their text comes from strangers and goes through regular expressions. */
const MAX_COMMENT = 20_000;
const MAX_DESCRIPTION = 2_000;

/** Takes the stars off a block comment. */
export function commentText(comment: Comment): string {
  return comment.value
    .slice(0, MAX_COMMENT)
    .split("\n")
    .map((line) => line.replace(/^\s*\*? ?/, ""))
    .join("\n");
}

/** Parses the text of a doc comment (JSDoc; see jsdoc.app, "Block tags"). */
export function parseDocComment(text: string): DocComment {
  const tagStart = text.search(/^[ \t]*@\w/m);
  const description = (tagStart === -1 ? text : text.slice(0, tagStart)).trim();
  return {
    summary: firstSentence(description),
    throws: [...text.matchAll(/@(?:throws|exception)\s+\{([\w$.|\s]{1,80})\}/g)].flatMap((match) =>
      (match[1] ?? "").split("|").map((name) => name.trim()),
    ),
    examples: [...text.matchAll(/@example\b[^\n]*\n?([\s\S]*?)(?=^[ \t]*@\w|(?![\s\S]))/gm)].map(
      (match) => match[0].replace(/^@example[ \t]*(?:<caption>.*?<\/caption>)?/, ""),
    ),
    hasTypes: /@(?:param|arg|argument|returns?|type|property|prop)\s+\{[^}\n]+/.test(text),
  };
}

/** The first sentence of a description, links left out; null when it says nothing. */
export function firstSentence(description: string): string | null {
  const plain = description
    .slice(0, MAX_DESCRIPTION)
    .replace(/\[([^\]]+)\]\([^)]*\)/g, "$1")
    .replace(/\{@link\s+([^}]*)\}|https?:\/\/\S+/g, "$1")
    .replace(/\s+/g, " ")
    .trim();
  if (plain === "") return null;
  const end = plain.search(/[.!?](?:\s|$)/);
  return (end === -1 ? plain : plain.slice(0, end + 1)).slice(0, 200);
}
