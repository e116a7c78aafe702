import type { ProposedFile } from "../contract/agents.ts";

const FENCE =
  /^[ \t]*(`{3,}|~{3,})[ \t]*([\w+-]*)[^\n]*\n([\s\S]*?)(?:^[ \t]*\1[ \t]*$|$(?![\s\S]))/gmu;
const CODE = /^(?:|js|jsx|javascript|mjs|cjs|ts|tsx|typescript|mts|cts)$/iu;
const FILE_LINE = /^\s*(?:\/\/|#|\/\*+)\s*(?:file(?:name)?|path)\s*:\s*(\S+)/iu;

/**
 * The test files in an answer of a model: every fenced block of code, with the path that its first line names. Prose
 * around is left out; an answer without a fence counts as one file. A fence that never ends is cut text: it counts too,
 * and will not parse. Of another `language`, every block counts that is not marked as something else.
 */
export function readFiles(
  answer: string,
  defaultPath: string,
  language?: string,
): readonly ProposedFile[] {
  if (language !== undefined) return readOtherFiles(answer, defaultPath);
  const blocks = [...answer.matchAll(FENCE)]
    .filter(([, , language = ""]) => CODE.test(language))
    .map(([, , , code = ""]) => code);
  const texts = blocks.length > 0 ? blocks : [withoutProse(answer)];
  return texts
    .filter((text) => /\b(?:test|it)\s*\(/u.test(text))
    .map((text) => ({ path: toPath(text, defaultPath), text }));
}

/**
 * Inputs for the search in an answer: JSON with a list `inputs`, in fenced blocks or bare. Whatever stands in the list
 * is handed on as it is; a block that is no JSON counts as one input that is none.
 */
export function readInputs(answer: string): readonly unknown[] {
  const blocks = [...answer.matchAll(FENCE)].filter(([, , language = ""]) =>
    /^jsonc?$/iu.test(language),
  );
  if (blocks.length > 0) return blocks.flatMap(([, , , text = ""]) => parseInputs(text));
  return /^\s*[[{]/u.test(answer) ? parseInputs(answer) : [];
}

function parseInputs(text: string): readonly unknown[] {
  let parsed: unknown;
  try {
    parsed = JSON.parse(text);
  } catch {
    return [null];
  }
  if (Array.isArray(parsed)) return parsed;
  if (typeof parsed !== "object" || parsed === null) return [null];
  const { inputs } = parsed as { readonly inputs?: unknown };
  return Array.isArray(inputs) ? inputs : [parsed];
}

const NO_CODE =
  /^(?:te?xt|plain(?:text)?|json|ya?ml|toml|xml|html|diff|patch|console|output|log|md|markdown)$/iu;
const LOOKS_LIKE_CODE = /[;{}]\s*$|\):?\s*$|^\s*(?:def|func|import|from|use|package)\b/mu;
const CHECKS = /\b(?:\w*test\w*|assert\w*|expect\w*|check\w*|ok|is|die|fail\w*|exit)\b/iu;

function readOtherFiles(answer: string, defaultPath: string): readonly ProposedFile[] {
  const all = [...answer.matchAll(FENCE)];
  const blocks = all
    .filter(([, , label = ""]) => !NO_CODE.test(label))
    .map(([, , , code = ""]) => code);
  // Prose without a block is no file, even where it speaks of tests.
  return (all.length > 0 ? blocks : LOOKS_LIKE_CODE.test(answer) ? [answer] : [])
    .filter((text) => CHECKS.test(text))
    .map((text) => ({ path: toPath(text, defaultPath), text }));
}

const BEGINS =
  /^(?:import\b|(?:const|let|var)\b|["']use strict["']|(?:test|it|describe|suite)\s*\(|\/[/*])/u;

/** An answer without a fence, from its first line of code to the last that closes something. */
function withoutProse(answer: string): string {
  const lines = answer.split("\n");
  const first = lines.findIndex((line) => BEGINS.test(line));
  const last = lines.findLastIndex((line) => /(?:\}\);?|\);|^\};?)\s*$/u.test(line));
  return first < 0 || last < first ? answer : `${lines.slice(first, last + 1).join("\n")}\n`;
}

/** A path that a model names may be anything: only one that stays in the project is taken. */
function toPath(text: string, defaultPath: string): string {
  const named = FILE_LINE.exec(text.split("\n", 1)[0] ?? "")?.[1];
  if (named === undefined) return defaultPath;
  const isInside = !/^(?:[/\\~]|[A-Z]:)|(?:^|\/)\.\.(?:\/|$)|\\/iu.test(named);
  return isInside ? named.replace(/^\.\//u, "") : defaultPath;
}
