import type { File } from "@babel/types";
import type { ProjectInfo } from "../../contract/project.ts";
import { classify } from "../project/classify.ts";
import type { ProjectContext } from "../project/project-context.ts";
import { commentText, parseDocComment } from "../syntax/doc-comments.ts";

/** A piece of text that shows how the package is called. */
export type Snippet =
  /** One document's code blocks, in order: later ones use names of earlier ones. */
  | { readonly kind: "document"; readonly file: string; readonly blocks: readonly string[] }
  /** Code between backticks in prose. */
  | { readonly kind: "inline"; readonly file: string; readonly texts: readonly string[] }
  /** An `@example`, or a comment line such as `// add(1, 2) // => 3`. */
  | { readonly kind: "comment"; readonly file: string; readonly blocks: readonly string[] }
  | { readonly kind: "test"; readonly file: string; readonly ast: File };

const MAX_DOCUMENTS = 12;
const MAX_DOCUMENT_BYTES = 500_000;
const MAX_BLOCKS = 300;
const MAX_TEST_FILES = 60;
const MAX_COMMENTED_FILES = 400;

/** Collects snippets of documents, doc comments and existing tests, documents first. */
export async function gatherSnippets(
  context: ProjectContext,
  project: ProjectInfo,
): Promise<readonly Snippet[]> {
  const snippets: Snippet[] = [];
  const documents = context.tree.files.filter(isDocument).sort(byDepth).slice(0, MAX_DOCUMENTS);
  for (const file of documents) {
    const outcome = await context.tree.read(file, MAX_DOCUMENT_BYTES);
    if (outcome.kind !== "text") continue;
    snippets.push({ kind: "document", file, blocks: codeBlocks(outcome.text) });
    snippets.push({ kind: "inline", file, texts: inlineCode(outcome.text) });
  }
  for (const file of commentedFiles(context, project)) {
    const blocks = await commentBlocks(context, file);
    if (blocks.length > 0) snippets.push({ kind: "comment", file, blocks });
  }
  const examples = context.tree.files.filter((path) =>
    /^(?:examples?|demos?)\/.*\.[cm]?[jt]s$/.test(path),
  );
  for (const file of [...project.testFiles, ...examples].slice(0, MAX_TEST_FILES)) {
    const { ast } = await context.index.get(file);
    if (ast !== null) snippets.push({ kind: "test", file, ast });
  }
  return snippets;
}

function isDocument(path: string): boolean {
  return (
    /\.(?:md|markdown|mdx)$/i.test(path) &&
    !/(?:^|\/)(?:changelog|changes|history|license|contributing|code_of_conduct|security|migrat\w*)/i.test(
      path,
    )
  );
}

function byDepth(a: string, b: string): number {
  const isReadme = (path: string): number => (/(?:^|\/)readme/i.test(path) ? 0 : 1);
  return isReadme(a) - isReadme(b) || a.split("/").length - b.split("/").length || (a < b ? -1 : 1);
}

/** Sources and the declaration files beside them: both carry examples. */
function commentedFiles(context: ProjectContext, project: ProjectInfo): readonly string[] {
  const declarations = context.tree.files.filter((path) => classify(path) === "declaration");
  return [...new Set([...project.sourceFiles, ...declarations])].slice(0, MAX_COMMENTED_FILES);
}

const OTHER_LANGUAGE =
  /^(?:sh|shell|bash|zsh|console|terminal|cmd|json5?|jsonc|html?|xml|svg|css|s[ac]ss|less|ya?ml|toml|ini|diff|patch|sql|python|py|rb|go|rust|java|c|cpp|text|txt|md|markdown|graphql|dockerfile|output|plain(?:text)?|log|csv)\b/i;

/** Fenced and indented code blocks that may hold JavaScript (CommonMark 0.31, sections 4.4 and 4.5). */
export function codeBlocks(markdown: string): readonly string[] {
  const blocks: string[] = [];
  const rest = markdown.replace(
    /^([ \t]*)(`{3,}|~{3,})[ \t]*([^\n`]*)\n([\s\S]*?)^[ \t]*\2[`~]*[ \t]*$/gm,
    (_whole, _indent: string, _fence: string, info: string, body: string) => {
      const language = info.trim().replace(/^\{?\.?/, "");
      if (!OTHER_LANGUAGE.test(language)) blocks.push(body);
      return "\n";
    },
  );
  for (const match of rest.matchAll(/(?:^|\n)[ \t]*\n((?:(?: {4}|\t)[^\n]*\n?(?:[ \t]*\n)*)+)/g)) {
    const body = (match[1] ?? "").replace(/^(?: {4}|\t)/gm, "");
    if (/[({=]/.test(body)) blocks.push(body);
  }
  return blocks.slice(0, MAX_BLOCKS);
}

/** Calls between single backticks outside of code blocks, headings included. */
export function inlineCode(markdown: string): readonly string[] {
  const prose = markdown.replace(/^[ \t]*(`{3,}|~{3,})[\s\S]*?^[ \t]*\1/gm, "\n");
  return [...prose.matchAll(/`([^`\n]{3,160})`/g)]
    .map((match) => match[1] ?? "")
    .filter((text) => /\w\s*\(/.test(text))
    .slice(0, MAX_BLOCKS);
}

async function commentBlocks(context: ProjectContext, file: string): Promise<readonly string[]> {
  const { ast } = await context.index.get(file);
  if (ast === null) return [];
  const blocks: string[] = [];
  for (const comment of ast.comments ?? []) {
    if (blocks.length >= MAX_BLOCKS) break;
    const text = commentText(comment);
    const { examples } = parseDocComment(text);
    if (examples.length > 0) blocks.push(...examples.map(stripFences));
    else if (/^\s*(?:example|usage)s?\s*:?/im.test(text)) {
      blocks.push(text.replace(/^[\s\S]*?^\s*(?:example|usage)s?[^\n]*\n/im, ""));
    } else blocks.push(...resultLines(text));
  }
  return blocks;
}

function stripFences(text: string): string {
  const [first] = codeBlocks(text);
  return first ?? text;
}

/** Lines that show a call with its result: `add(1, 2) // => 3`, `plural("die") -> "dice"`. */
function resultLines(text: string): readonly string[] {
  return text.split("\n").flatMap((line) => {
    const match = /^(.*\))\s*;?\s*(?:\/\/\s*)?(?:=>|->|→|⇒|===?|returns\b)\s*\S/.exec(line.trim());
    return match?.[1] === undefined ? [] : [match[1]];
  });
}
