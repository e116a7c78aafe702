import { parse } from "@babel/parser";

/** Where a test stands in a file. */
export interface LocatedTest {
  /** Suite titles and its own joined by ` > `. */
  readonly fullTitle: string;
  /** From `test(` to the closing `);`. */
  readonly source: string;
}

/**
 * Finds the tests of a printed file after formatting, in the order in which they stand there.
 * @throws SyntaxError when the text does not parse.
 */
export function locateTests(text: string, isTypeScript: boolean): LocatedTest[] {
  const file = parse(text, {
    sourceType: "unambiguous",
    allowAwaitOutsideFunction: true,
    plugins: isTypeScript ? ["typescript"] : [],
  });
  const found: LocatedTest[] = [];
  collect(file.program.body, [], text, found);
  return found;
}

type Node = ReturnType<typeof parse>["program"]["body"][number];

function collect(
  statements: readonly Node[],
  titles: readonly string[],
  text: string,
  found: LocatedTest[],
): void {
  for (const statement of statements) {
    if (statement.type !== "ExpressionStatement") continue;
    const call = statement.expression;
    if (call.type !== "CallExpression" || call.callee.type !== "Identifier") continue;
    const [title, action] = call.arguments;
    if (title?.type !== "StringLiteral" || action?.type !== "ArrowFunctionExpression") continue;
    const path = [...titles, title.value];
    if (call.callee.name === "describe" && action.body.type === "BlockStatement") {
      collect(action.body.body, path, text, found);
    } else if (call.callee.name === "test" || call.callee.name === "it") {
      const source = text.slice(statement.start ?? 0, statement.end ?? 0);
      found.push({ fullTitle: path.join(" > "), source });
    }
  }
}
