import type { Language } from "../../contract/language.ts";
import { toLexis } from "../syntax/lexis.ts";
import { maskText } from "../syntax/mask.ts";

/** Words before a bracket that are no call of the code under test. */
const NO_CALL =
  /^(?:if|for|while|switch|return|assert\w*|raises|func|def|class|print\w*|test\w*|Test\w*|Error\w*|Fatal\w*|t|len|range|str|int|float|list|dict|set|tuple|approx)$/u;

/** Calls in the text of a test, with their arguments and without blanks. */
export function listTextCalls(text: string, { name }: Language): ReadonlySet<string> {
  const code = maskText(text, toLexis(name));
  const calls = new Set<string>();
  for (const { index, 0: head, 1: word = "" } of code.matchAll(/([\w]+)\(/gu)) {
    if (NO_CALL.test(word)) continue;
    const end = findClosing(code, index + head.length);
    calls.add(text.slice(index, end).replaceAll(/\s+/gu, ""));
  }
  return calls;
}

function findClosing(code: string, from: number): number {
  let depth = 1;
  for (let at = from; at < code.length; at += 1) {
    if (code.charAt(at) === "(") depth += 1;
    if (code.charAt(at) === ")") depth -= 1;
    if (depth === 0) return at + 1;
  }
  return code.length;
}
