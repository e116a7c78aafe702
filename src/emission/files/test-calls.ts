import { parse } from "@babel/parser";

type Program = ReturnType<typeof parse>["program"];
type Statement = Program["body"][number];
type Expression = Extract<Statement, { type: "ExpressionStatement" }>["expression"];
type Call = Extract<Expression, { type: "CallExpression" }>;

/** A test that stands in the text of a file. */
export interface TestCall {
  /** Suite titles and its own joined by ` > `, as runners report it. */
  readonly fullTitle: string;
  /** Offsets of its statement, from `test(` to behind the closing `;`. */
  readonly start: number;
  readonly end: number;
  /** Where the comment begins that stands above it; `start` where there is none. */
  readonly from: number;
  /** Offsets of the suites around it, outermost first. */
  readonly suites: readonly Place[];
}

type Place = Readonly<Record<"from" | "start" | "end", number>>;

export interface TestFile {
  readonly program: Program;
  readonly tests: readonly TestCall[];
  /** Calls that make tests in a way that cannot be taken apart: `test.each`, a computed title. */
  readonly unreadable: readonly string[];
}

const SUITES = new Set(["describe", "suite", "context"]);
const TESTS = new Set(["test", "it", "specify"]);

/**
 * Parses a test file and finds its tests, in the order in which they stand there. Executes nothing.
 * @throws SyntaxError when the text does not parse
 */
export function readTestFile(text: string, isTypeScript: boolean): TestFile {
  const { program } = parse(text, {
    sourceType: "unambiguous",
    allowAwaitOutsideFunction: true,
    plugins: isTypeScript ? ["typescript"] : [],
  });
  const tests: TestCall[] = [];
  const unreadable: string[] = [];
  const around = { titles: [], suites: [] };
  collect(program.body, around, { tests, unreadable, text });
  return { program, tests, unreadable };
}

interface Around {
  readonly titles: readonly string[];
  readonly suites: TestCall["suites"];
}

interface Found {
  readonly tests: TestCall[];
  readonly unreadable: string[];
  readonly text: string;
}

function collect(statements: readonly Statement[], around: Around, found: Found): void {
  for (const statement of statements) {
    const call = toCall(statement);
    if (call === null) continue;
    const name = toName(call.callee);
    const [root] = name?.split(".") ?? [];
    if (name === null || root === undefined || !(SUITES.has(root) || TESTS.has(root))) continue;
    const title = toTitle(call.arguments[0]);
    const body = call.arguments.findLast(isFunction);
    const start = statement.start ?? 0;
    const from = statement.leadingComments?.[0]?.start ?? start;
    const place = { from, start, end: statement.end ?? 0 };
    if (name !== root || title === null || body === undefined) {
      found.unreadable.push(found.text.slice(place.start, place.end).split("\n", 1)[0] ?? "");
      continue;
    }
    const titles = [...around.titles, title];
    if (TESTS.has(root)) {
      found.tests.push({ fullTitle: titles.join(" > "), ...place, suites: around.suites });
    } else if (body.body.type === "BlockStatement") {
      collect(body.body.body, { titles, suites: [...around.suites, place] }, found);
    }
  }
}

/** `test(…)`, `await test(…)`, `void test(…)`. */
function toCall(statement: Statement): Call | null {
  if (statement.type !== "ExpressionStatement") return null;
  let { expression } = statement;
  if (
    expression.type === "AwaitExpression" ||
    (expression.type === "UnaryExpression" && expression.operator === "void")
  ) {
    expression = expression.argument;
  }
  return expression.type === "CallExpression" ? expression : null;
}

/** `test`, or `test.each` and the like; null for what is no plain name. */
function toName(callee: Call["callee"]): string | null {
  if (callee.type === "Identifier") return callee.name;
  if (callee.type === "CallExpression") return toName(callee.callee);
  if (callee.type === "TaggedTemplateExpression") return toName(callee.tag);
  if (callee.type !== "MemberExpression" || callee.property.type !== "Identifier") return null;
  const owner = callee.object.type === "Super" ? null : toName(callee.object);
  return owner === null ? null : `${owner}.${callee.property.name}`;
}

function toTitle(node: Call["arguments"][number] | undefined): string | null {
  if (node?.type === "StringLiteral") return node.value;
  if (node?.type !== "TemplateLiteral" || node.expressions.length > 0) return null;
  return node.quasis[0]?.value.cooked ?? null;
}

function isFunction(
  node: Call["arguments"][number],
): node is Extract<
  Call["arguments"][number],
  { type: "ArrowFunctionExpression" | "FunctionExpression" }
> {
  return node.type === "ArrowFunctionExpression" || node.type === "FunctionExpression";
}
