import type { PatchProposal } from "../../contract/patch-mutant.ts";
import { toLexis } from "../syntax/lexis.ts";
import { maskText } from "../syntax/mask.ts";

/** A change of one place, found in code whose comments and strings are blanked. */
interface Edit {
  readonly offset: number;
  /** Length of what is replaced. */
  readonly length: number;
  readonly replacement: string;
}

interface Operator {
  readonly name: string;
  readonly find: (code: string, language: string) => Iterable<Edit>;
}

/**
 * Faults that people make in any language, found by text: small on purpose, since each costs a run. What does not
 * build is weeded out by whoever can compile.
 */
export const OPERATORS: readonly Operator[] = [
  { name: "relational", find: relational },
  { name: "arithmetic", find: arithmetic },
  { name: "logical", find: logical },
  { name: "negation", find: negation },
  { name: "boolean", find: booleans },
  { name: "number", find: numbers },
  { name: "off-by-one", find: offByOne },
  { name: "return-value", find: returnValue },
  { name: "loop-exit", find: loopExit },
];

/** All proposals for one file, in the order of the text. */
export function proposeEdits(
  source: string,
  { file, language }: { readonly file: string; readonly language: string },
): readonly PatchProposal[] {
  const code = dropDeclarations(maskText(source, toLexis(language)));
  return OPERATORS.flatMap(({ name, find }) =>
    [...find(code, language)].map(({ offset, length, replacement }): PatchProposal => ({
      ...{ file, offset, replacement },
      original: source.slice(offset, offset + length),
      by: { kind: "operator", name },
    })),
  ).sort((a, b) => a.offset - b.offset);
}

/** Lines that name other files and say nothing of behaviour. */
const DECLARATION =
  /^[ \t]*(?:import|from|package|use|using|require|require_relative|include|#include|module|namespace|@)\b.*$/gmu;

function dropDeclarations(code: string): string {
  return code.replaceAll(DECLARATION, (line) => " ".repeat(line.length));
}

const RELATIONAL: Readonly<Record<string, readonly string[]>> = {
  "<": ["<=", ">="],
  "<=": ["<", ">"],
  ">": [">=", "<="],
  ">=": [">", "<"],
  "==": ["!="],
  "!=": ["=="],
  "===": ["!=="],
  "!==": ["==="],
  "~=": ["=="],
};

/** Blanks around keep type parameters, arrows, tags and redirections out. */
function* relational(code: string): Iterable<Edit> {
  for (const { index, 1: before = "", 2: symbol = "" } of code.matchAll(
    /([ \t])([<>]=?|[=!]==?|~=)(?=[ \t])/gu,
  )) {
    for (const replacement of RELATIONAL[symbol] ?? [])
      yield { offset: index + before.length, length: symbol.length, replacement };
  }
  // `-lt` and the like of shells and Perl's words.
  for (const { index, 0: symbol } of code.matchAll(/(?<=[ \t])-(?:lt|le|gt|ge|eq|ne)\b/gu)) {
    const [replacement = symbol] = WORDS[symbol.slice(1)] ?? [];
    yield { offset: index, length: symbol.length, replacement: `-${replacement}` };
  }
}

const WORDS: Readonly<Record<string, readonly string[]>> = {
  lt: ["le"],
  le: ["lt"],
  gt: ["ge"],
  ge: ["gt"],
  eq: ["ne"],
  ne: ["eq"],
};

const ARITHMETIC: Readonly<Record<string, string>> = {
  ...{ "+": "-", "-": "+", "*": "/", "/": "*", "%": "*", "//": "*" },
  ...{ "+=": "-=", "-=": "+=", "*=": "/=", "/=": "*=" },
};

/** Between two operands, with blanks on both sides or on neither: `a *T` is a pointer and `-x` a sign. */
function* arithmetic(code: string, language: string): Iterable<Edit> {
  const pattern = /([\w)\]])([ \t]*)(\/\/|[-+*/%]=?)([ \t]*)(?=[\w([$@{.])/gu;
  for (const match of code.matchAll(pattern)) {
    const { index, 1: left = "", 2: before = "", 3: symbol = "", 4: after = "" } = match;
    const replacement = ARITHMETIC[symbol];
    if (replacement === undefined || (before === "") !== (after === "")) continue;
    if (symbol === "//" && language !== "python") continue;
    yield { offset: index + left.length + before.length, length: symbol.length, replacement };
  }
}

const LOGICAL: Readonly<Record<string, string>> = {
  ...{ and: "or", or: "and", andalso: "orelse", orelse: "andalso" },
  ...{ "&&": "||", "||": "&&" },
};

function* logical(code: string): Iterable<Edit> {
  const pattern = /(?<=[\w)\]"'}][ \t]*)(?:&&|\|\||\b(?:and|or|andalso|orelse)\b)(?=\s)/gu;
  for (const { index, 0: symbol } of code.matchAll(pattern))
    yield { offset: index, length: symbol.length, replacement: LOGICAL[symbol] ?? symbol };
}

function* negation(code: string, language: string): Iterable<Edit> {
  for (const { index, 0: word } of code.matchAll(/(?<!\bis )\bnot (?!in\b)/gu))
    yield { offset: index, length: word.length, replacement: "" };
  if (language === "python" || language === "shell" || language === "sh" || language === "bash")
    return;
  for (const { index } of code.matchAll(/(?<=[\s(&|])!(?=[\w($])/gu))
    yield { offset: index, length: 1, replacement: "" };
}

const BOOLEANS: Readonly<Record<string, string>> = {
  ...{ True: "False", False: "True", true: "false", false: "true", TRUE: "FALSE", FALSE: "TRUE" },
};

function* booleans(code: string): Iterable<Edit> {
  for (const { index, 0: word } of code.matchAll(/\b(?:[Tt]rue|[Ff]alse|TRUE|FALSE)\b/gu))
    yield { offset: index, length: word.length, replacement: BOOLEANS[word] ?? word };
}

/** Decimal literals only; a number in a name or a version is none. */
function* numbers(code: string): Iterable<Edit> {
  const pattern = /(?<![\w.$@%])\d[\d_]*(?:\.\d+)?(?![\w.])/gu;
  for (const { index, 0: literal } of code.matchAll(pattern)) {
    const [whole = "", fraction] = literal.replaceAll("_", "").split(".");
    const value = Number(whole);
    if (!Number.isSafeInteger(value) || (whole.length > 1 && whole.startsWith("0"))) continue;
    const tail = fraction === undefined ? "" : `.${fraction}`;
    const edit = { offset: index, length: literal.length };
    yield { ...edit, replacement: `${String(value + 1)}${tail}` };
    if (value > 0) yield { ...edit, replacement: `${String(value - 1)}${tail}` };
  }
}

/** A length that is one too short. */
function* offByOne(code: string): Iterable<Edit> {
  for (const { index, 0: call } of code.matchAll(/\blen\([\w.[\]]+\)(?![ \t]*[-+])/gu))
    yield { offset: index, length: call.length, replacement: `(${call} - 1)` };
}

/** What a function gives where it gives nothing; only where that builds. */
const NOTHING: Readonly<Record<string, string>> = {
  ...{ python: "None", lua: "nil", ruby: "nil", perl: "undef", php: "null" },
};

function* returnValue(code: string, language: string): Iterable<Edit> {
  const nothing = NOTHING[language];
  if (nothing === undefined) return;
  // Perl and Ruby put conditions behind.
  const hasModifiers = language === "perl" || language === "ruby";
  const pattern = hasModifiers
    ? /(\breturn[ \t]+)([^\s;][^\n;]*?)(?=[ \t]*(?:;|\n|\b(?:end|if|unless)\b|$))/gu
    : /(\breturn[ \t]+)([^\s;][^\n;]*?)(?=[ \t]*(?:;|\n|\bend\b|$))/gu;
  for (const { index, 1: word = "", 2: value = "" } of code.matchAll(pattern)) {
    if (value === nothing || !isBalanced(value) || value.endsWith("\\")) continue;
    yield { offset: index + word.length, length: value.length, replacement: nothing };
  }
}

/** A value that goes on in the next line has brackets open here. */
function isBalanced(text: string): boolean {
  let depth = 0;
  for (const symbol of text) {
    if ("([{".includes(symbol)) depth += 1;
    if (")]}".includes(symbol)) depth -= 1;
    if (depth < 0) return false;
  }
  return depth === 0;
}

/** The other way round would hang more often than not. */
function* loopExit(code: string): Iterable<Edit> {
  for (const { index, 0: word } of code.matchAll(/\b(?:continue|next)\b(?=[ \t]*;?[ \t]*$)/gmu))
    yield {
      offset: index,
      length: word.length,
      replacement: word === "continue" ? "break" : "last",
    };
}
