import type { ReadTests } from "../../ports/written-tests.ts";
import { readTestFile } from "../files/test-calls.ts";
import { listExpected } from "./list-expected.ts";
import { type AnyNode, isNode, walk } from "./tree.ts";

/** Statements that begin so demand something. */
const DEMANDS =
  /^(?:return\s+|await\s+|void\s+)*(?:assert|expect|should|\w+\.assert|(?:strict|deep|deepStrict|not|notStrict|notDeep|notDeepStrict)Equal|equal|ok|throws|rejects|match|doesNotThrow|doesNotReject|doesNotMatch)\b/u;

/** Reads a test file without running it. */
export const readTests: ReadTests = (text, isTypeScript) => {
  try {
    const { program, tests, unreadable } = readTestFile(text, isTypeScript);
    if (tests.length === 0) {
      const [first] = unreadable;
      const why =
        first === undefined ? "it holds no test" : `its tests cannot be taken apart: ${first}`;
      return { kind: "unreadable", why };
    }
    const assertions: AnyNode[] = [];
    const texts: string[] = [];
    const keep = (node: AnyNode, demanded: unknown): void => {
      texts.push(text.slice(node.start, node.end));
      if (isNode(demanded)) assertions.push(demanded);
    };
    walk(program, (node) => {
      const isStatement = node.type === "ExpressionStatement" || node.type === "ReturnStatement";
      const statement = text.slice(node.start, node.end);
      if (isStatement && DEMANDS.test(statement))
        keep(node, node["expression"] ?? node["argument"]);
      const body = node["body"];
      // `() => assert.equal(…)`: a body that is no block.
      if (node.type === "ArrowFunctionExpression" && isNode(body)) {
        const expression = text.slice(body.start, body.end);
        if (body.type !== "BlockStatement" && DEMANDS.test(expression)) keep(body, body);
      }
      return true;
    });
    return {
      kind: "read",
      titles: tests.map(({ fullTitle }) => fullTitle),
      sources: new Map(
        tests.map(({ fullTitle, start, end }) => [fullTitle, text.slice(start, end)]),
      ),
      assertions: texts,
      expected: listExpected(program, text, assertions),
    };
  } catch (failure) {
    if (!(failure instanceof SyntaxError)) throw failure;
    return { kind: "unreadable", why: `does not parse: ${failure.message}` };
  }
};
