import type { File } from "@babel/types";
import type { ProjectInfo } from "../../contract/project.ts";
import { codeBlocks, inlineCode } from "./markdown.ts";
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
const MAX_LINE = 300;
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

async function commentBlocks(context: ProjectContext, file: string): Promise<readonly string[]> {
  const { ast } = await context.index.get(file);
  if (ast === null) return [];
  const blocks: string[] = [];
  for (const comment of ast.comments ?? []) {
    if (blocks.length >= MAX_BLOCKS) break;
    const text = commentText(comment);
    const { examples } = parseDocComment(text);
    if (examples.length > 0) blocks.push(...examples.map(stripFences));
    else if (/^[ \t]*(?:example|usage)s?\b/im.test(text)) {
      blocks.push(text.replace(/^[\s\S]*?^[ \t]*(?:example|usage)s?\b[^\n]*\n/im, ""));
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
    if (line.length > MAX_LINE) return [];
    const match = /^(.*\))\s*;?\s*(?:\/\/\s*)?(?:=>|->|→|⇒|===?|returns\b)\s*\S/.exec(line.trim());
    return match?.[1] === undefined ? [] : [match[1]];
  });
}
