/** Words of languages that stand before a name. */
const DECLARES = "(?:(?:const|let|var|my|our|val|final|auto)\\s+)?";

/**
 * Lines that give the values with which assertions compare, as far as text tells: assignments to the names after the last
 * comparison or comma of an assertion, and fields of these names in tables.
 */
export function listExpectedLines(text: string, assertions: readonly string[]): readonly string[] {
  const names = new Set(assertions.flatMap(listExpectedNames));
  const lines = text.split("\n").map((line) => line.trim());
  return [...names].flatMap((name) => {
    const gives = new RegExp(`^${DECLARES}\\$?${name}\\s*(?::=|=(?!=))|\\b${name}:\\s`, "u");
    return lines.filter((line) => gives.test(line));
  });
}

function listExpectedNames(assertion: string): readonly string[] {
  const withoutStrings = assertion.replaceAll(/"(?:\\.|[^"\\])*"|'(?:\\.|[^'\\])*'/gu, " ");
  const side =
    withoutStrings
      .split(/==|!=|,/u)
      .slice(1)
      .at(-1) ?? "";
  return side.match(/[A-Za-z_]\w*/gu) ?? [];
}
