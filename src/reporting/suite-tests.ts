import type { ProofCard } from "../contract/proof-card.ts";
import type { ReportInput } from "./report-input.ts";

/** A kept test with its proof. */
export interface SuiteTest {
  readonly card: ProofCard;
  /** Project-relative file. */
  readonly file: string;
  /** Suite titles, then its own. */
  readonly titles: readonly string[];
  /** Source text as written; null when it was not found in the file. */
  readonly source: string | null;
  /** 1-based first line of the source. */
  readonly line: number | null;
}

/** Every kept test, in the order of the proof cards. */
export function toSuiteTests(input: ReportInput): readonly SuiteTest[] {
  const { files, proof } = input.admission;
  const { directory } = input.result.data.suite;
  const found = new Map<string, readonly WrittenTest[]>();
  return proof.cards.map((card) => {
    const file = Object.keys(files).find(
      (path) =>
        path === `${directory}/${card.file}` ||
        path === card.file ||
        path.endsWith(`/${card.file}`),
    );
    const content = file === undefined ? undefined : files[file];
    if (file === undefined || content === undefined) {
      return {
        card,
        file: card.file,
        titles: card.fullTitle.split(" > "),
        source: null,
        line: null,
      };
    }
    let written = found.get(file);
    if (written === undefined) {
      written = findTests(content);
      found.set(file, written);
    }
    const match =
      written.find((test) => test.fullTitle === card.fullTitle) ?? pickByEnd(written, card);
    const titles = match?.titles ?? card.fullTitle.split(" > ");
    return { card, file, titles, source: match?.source ?? null, line: match?.line ?? null };
  });
}

interface WrittenTest {
  readonly titles: readonly string[];
  readonly fullTitle: string;
  readonly source: string;
  readonly line: number;
}

function pickByEnd(written: readonly WrittenTest[], card: ProofCard): WrittenTest | undefined {
  return written.find((test) => {
    const own = test.titles.at(-1);
    return own !== undefined && (card.fullTitle === own || card.fullTitle.endsWith(` > ${own}`));
  });
}

const OPENING =
  /^(\s*)(describe|suite|test|it)(?:\.\w+)?\($|^(\s*)(describe|suite|test|it)(?:\.\w+)?\(\s*(["'`])/;

/**
 * Finds tests in a formatted file by their opening line and the closing line at the same
 * indentation. Reads text only: the file is never parsed as code or run.
 */
function findTests(content: string): readonly WrittenTest[] {
  const lines = content.split("\n");
  const open: { readonly indent: number; readonly title: string }[] = [];
  const tests: WrittenTest[] = [];
  for (const [index, line] of lines.entries()) {
    const match = OPENING.exec(line);
    if (match === null) continue;
    const indent = (match[1] ?? match[3] ?? "").length;
    const isSuite = /^\s*(?:describe|suite)/.test(line);
    const title = readTitle(`${line}\n${lines[index + 1] ?? ""}`);
    if (title === null) continue;
    while (open.length > 0 && (open.at(-1)?.indent ?? 0) >= indent) open.pop();
    if (isSuite) {
      open.push({ indent, title });
      continue;
    }
    const titles = [...open.map((suite) => suite.title), title];
    const end = findEnd(lines, index, indent);
    const source = lines
      .slice(index, end + 1)
      .map((each) => each.slice(Math.min(indent, leading(each))));
    tests.push({
      titles,
      fullTitle: titles.join(" > "),
      source: source.join("\n"),
      line: index + 1,
    });
  }
  return tests;
}

function findEnd(lines: readonly string[], start: number, indent: number): number {
  for (let index = start; index < lines.length; index += 1) {
    const line = lines[index] ?? "";
    if (index === start ? /\);\s*$/.test(line) : isClosing(line, indent)) return index;
  }
  return lines.length - 1;
}

/** `});` or `);` at the indentation of the opening line. */
function isClosing(line: string, indent: number): boolean {
  return leading(line) === indent && /^(?:\}|\))/.test(line.slice(indent));
}

function leading(line: string): number {
  return line.length - line.trimStart().length;
}

/** The first string literal of a text, with its escapes resolved; null when there is none. */
function readTitle(text: string): string | null {
  const literal = /\(\s*(?:"((?:[^"\\\n]|\\.)*)"|'((?:[^'\\\n]|\\.)*)'|`((?:[^`\\$]|\\.)*)`)/.exec(
    text,
  );
  const raw = literal?.[1] ?? literal?.[2] ?? literal?.[3];
  if (raw === undefined) return null;
  return raw.replace(/\\(u\{([0-9a-fA-F]+)\}|u([0-9a-fA-F]{4})|x([0-9a-fA-F]{2})|.)/g, unescape);
}

const ESCAPES: Readonly<Record<string, string>> = {
  n: "\n",
  t: "\t",
  r: "\r",
  b: "\b",
  f: "\f",
  v: "\v",
  "0": "\0",
};

function unescape(
  _all: string,
  char: string,
  braced?: string,
  four?: string,
  two?: string,
): string {
  const code = braced ?? four ?? two;
  if (code === undefined) return ESCAPES[char] ?? char;
  const point = parseInt(code, 16);
  return point <= 0x10ffff ? String.fromCodePoint(point) : "";
}
