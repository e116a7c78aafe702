import type { SplitFile, SplitTest } from "./split-file.ts";

const TEST = /^func[ \t]+(Test(?:[^a-z(][\w]*)?)[ \t]*\([ \t]*\w+[ \t]+\*testing\.T[ \t]*\)/gmu;
const CHECK = /\bt\.(?:Error|Errorf|Fatal|Fatalf|Fail|FailNow)\b|\b(?:assert|require)\.\w+/u;

/** `func TestXxx(t *testing.T)`, from its doc comment to its closing brace. Subtests are part of it. */
export function splitGo(text: string, code: string): SplitFile {
  const tests = [...code.matchAll(TEST)].flatMap(({ index, 1: name = "" }): SplitTest[] => {
    const end = findClosing(code, code.indexOf("{", index));
    return end === null ? [] : [{ fullTitle: name, start: withComment(text, index), end }];
  });
  return { tests, assertions: listAssertions(text, code) };
}

/** Just after the brace that closes the one at `open`; null where none does. */
function findClosing(code: string, open: number): number | null {
  if (open === -1) return null;
  let depth = 0;
  for (let at = open; at < code.length; at += 1) {
    if (code.charAt(at) === "{") depth += 1;
    if (code.charAt(at) !== "}") continue;
    depth -= 1;
    if (depth === 0) return at + 1;
  }
  return null;
}

/** Where the comment lines right above begin. */
function withComment(text: string, start: number): number {
  let from = start;
  while (from > 0) {
    const before = text.lastIndexOf("\n", from - 2) + 1;
    if (!text.slice(before, from).startsWith("//")) break;
    from = before;
  }
  return from;
}

/** A check with the condition that leads to it: what is compared stands there. */
function listAssertions(text: string, code: string): readonly string[] {
  const lines = text.split("\n");
  let condition = "";
  return code.split("\n").flatMap((line, index) => {
    const own = (lines[index] ?? "").trim();
    if (/^[ \t]*(?:\}[ \t]*else[ \t]+)?if\b/u.test(line)) condition = own;
    if (!CHECK.test(line)) return [];
    return [condition === own || condition === "" ? own : `${condition} ${own}`];
  });
}
