import type { SplitFile, SplitTest } from "./split-file.ts";

/** A piece of a file or class: from its first decorator to the next one. */
interface Block {
  readonly start: number;
  readonly end: number;
  /** Its first line that is no decorator, without indentation. */
  readonly head: string;
}

const TEST = /^(?:async[ \t]+)?def[ \t]+(test\w*)/u;
const TEST_CLASS = /^class[ \t]+(\w+)/u;

/** `def test_…` of the file and of its classes named as pytest collects them; see pytest's `python_functions` and `python_classes`. */
export function splitPython(text: string, code: string): SplitFile {
  const tests = toBlocks(code, { start: 0, end: code.length }).flatMap((block): SplitTest[] => {
    const name = TEST.exec(block.head)?.[1];
    if (name !== undefined) return [{ ...trim(text, block), fullTitle: name }];
    const owner = TEST_CLASS.exec(block.head)?.[1];
    if (owner === undefined || !(owner.startsWith("Test") || /TestCase\b/u.test(block.head)))
      return [];
    return toMethods(code, block).flatMap((method) => {
      const own = TEST.exec(method.head)?.[1];
      return own === undefined ? [] : [{ ...trim(text, method), fullTitle: `${owner} > ${own}` }];
    });
  });
  return { tests, assertions: listAssertions(text, code) };
}

function toMethods(code: string, { start, end }: Block): readonly Block[] {
  const body = code.indexOf("\n", code.indexOf("class", start)) + 1;
  return body === 0 || body >= end ? [] : toBlocks(code, { start: body, end });
}

/** Statements at the indentation of the first one, each with what is indented below it. */
function toBlocks(code: string, part: { readonly start: number; readonly end: number }): Block[] {
  const blocks: { start: number; head: string }[] = [];
  let depth = 0;
  let indent: string | null = null;
  let isDecorated = false;
  for (let at = part.start; at < part.end;) {
    const end = toLineEnd(code, at, part.end);
    const line = code.slice(at, end);
    const [lead = ""] = /^[ \t]*/u.exec(line) ?? [];
    const head = line.trim();
    if (head !== "" && depth === 0) {
      indent ??= lead;
      if (lead === indent) {
        const last = blocks.at(-1);
        if (isDecorated && last !== undefined) last.head = head;
        else blocks.push({ start: at, head });
        isDecorated = head.startsWith("@");
      }
    }
    depth = Math.max(0, depth + count(line, /[([{]/gu) - count(line, /[)\]}]/gu));
    at = end + 1;
  }
  return blocks.map((block, index) => ({
    ...block,
    end: blocks[index + 1]?.start ?? Math.min(part.end, code.length),
  }));
}

/** Blank lines and comments at the end belong to whatever comes next. */
function trim(text: string, { start, end }: Block): { start: number; end: number } {
  const lines = text.slice(start, end).split("\n");
  const [lead = ""] = /^[ \t]*/u.exec(lines[0] ?? "") ?? [];
  while (lines.length > 1 && isAside(lines.at(-1) ?? "", lead)) lines.pop();
  return { start, end: start + lines.join("\n").length };
}

function isAside(line: string, lead: string): boolean {
  return line.trim() === "" || line.startsWith(`${lead}#`);
}

const ASSERTION =
  /^[ \t]*(?:assert\b|self\.(?:assert|fail)\w*|(?:async[ \t]+)?with[ \t]+(?:pytest\.|self\.)?(?:raises|warns|assertRaises)\w*|pytest\.(?:raises|fail|warns))/u;

/** Statements that assert, each up to where its brackets are closed. */
function listAssertions(text: string, code: string): readonly string[] {
  const found: string[] = [];
  for (let at = 0; at < code.length;) {
    let end = toLineEnd(code, at, code.length);
    if (ASSERTION.test(code.slice(at, end))) {
      while (end < code.length && isOpen(code.slice(at, end)))
        end = toLineEnd(code, end + 1, code.length);
      found.push(text.slice(at, end).trim());
    }
    at = end + 1;
  }
  return found;
}

function isOpen(piece: string): boolean {
  return count(piece, /[([{]/gu) > count(piece, /[)\]}]/gu) || piece.trimEnd().endsWith("\\");
}

function toLineEnd(code: string, from: number, most: number): number {
  const end = code.indexOf("\n", from);
  return end === -1 || end > most ? most : end;
}

const count = (text: string, pattern: RegExp): number => text.match(pattern)?.length ?? 0;
