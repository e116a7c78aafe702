import type { Statement } from "../../contract/program.ts";
import type { Snapshot } from "../../contract/snapshot.ts";
import type { AssertionDialect } from "../dialects/dialect.ts";
import { HARD_LINE, type Doc } from "../layout.ts";
import type { NameScope } from "../naming/names.ts";
import { toMember, toStringDoc, toStringLiteral } from "../values/literals.ts";
import { block } from "../values/print-value.ts";
import type { Assertion, AssertionPlan, Line } from "./assertion.ts";
import { describeError, isBuiltinError } from "./describe-error.ts";
import {
  isAwaited,
  printCallbackCall,
  printExpression,
  type StatementScope,
} from "./print-statement.ts";
import type { TestSurroundings } from "./surroundings.ts";

/** Expression of a statement's result. */
export type NameOf = (statement: number) => Doc;

/** The statement of one assertion about `base`, without its semicolon. */
export function printCheck(
  assertion: Assertion,
  base: Doc,
  around: Pick<TestSurroundings, "dialect" | "need">,
  nameOf: NameOf,
): Doc {
  const { dialect } = around;
  const actual: Doc = [base, ...assertion.subject.path.map(toMember)];
  const { check } = assertion;
  switch (check.kind) {
    case "equal":
      return dialect.equal(actual, check.value);
    case "close":
      return dialect.close(actual, check.value);
    case "deep":
      return printDeep(actual, check, around);
    case "starts-with":
      return dialect.isTrue([actual, ".startsWith(", toStringDoc(check.text), ")"]);
    case "ends-with":
      return dialect.isTrue([actual, ".endsWith(", toStringDoc(check.text), ")"]);
    case "matches":
      return dialect.matches(actual, check.text);
    case "instance":
      return dialect.instance(actual, check.className);
    case "type":
      return dialect.type(actual, check.type);
    case "invalid-date":
      return dialect.isTrue(["Number.isNaN(", actual, ".getTime())"]);
    case "text":
      return dialect.equal(["String(", actual, ")"], toStringLiteral(check.text));
    case "same":
      return dialect.equal(actual, nameOf(check.statement));
  }
}

/** Assertions on what became of files, each with its semicolon. */
export function printFileChecks(files: AssertionPlan["files"], around: TestSurroundings): Doc[] {
  const { dialect } = around;
  return Object.entries(files).map(([path, content]): Doc => {
    around.need("fs");
    const name = toStringLiteral(path.replace(/\/$/, ""));
    if (content === null) return [dialect.equal(`fs.existsSync(${name})`, "false"), ";"];
    if (path.endsWith("/"))
      return [dialect.deepEqual(`fs.readdirSync(${name})`, EMPTY, "itself"), ";"];
    const read = `fs.readFileSync(${name}, "utf8")`;
    if (content.length >= LONGEST_CONTENT) {
      return [dialect.isTrue([`${read}.startsWith(`, toStringDoc(content.slice(0, 60)), ")"]), ";"];
    }
    return [dialect.equal(read, { kind: "string", value: content, length: content.length }), ";"];
  });
}

/** The lines that make a statement throw or reject and check with what. */
export function printThrow(
  statement: Statement,
  thrown: NonNullable<AssertionPlan["thrown"]>,
  scope: StatementScope,
  around: TestSurroundings,
  names: NameScope,
): Line[] {
  const { error, isPromise } = thrown;
  if (!error.isError) return printThrownValue(statement, thrown, scope, around, names);
  const expected = {
    ...describeError(error, JSON.stringify(statement)),
    className: isBuiltinError(error.name) ? error.name : around.classOf(error.name),
  };
  const check = isPromise
    ? around.dialect.rejects(printExpression(statement, scope), expected)
    : around.dialect.throws(printAction(statement, scope), expected);
  return [{ kind: "assert", doc: [check, ";"] }];
}

const EMPTY: Snapshot = { kind: "array", items: [], length: 0 };
/** Contents are recorded up to this length. */
const LONGEST_CONTENT = 4000;

function printDeep(
  actual: Doc,
  check: Extract<Assertion["check"], { kind: "deep" }>,
  around: { readonly dialect: AssertionDialect; readonly need: TestSurroundings["need"] },
): Doc {
  const { value, via } = check;
  switch (via) {
    case "itself":
      return around.dialect.deepEqual(actual, value, via);
    case "spread": {
      const copy: Doc = value.kind === "array" ? ["[...", actual, "]"] : ["{ ...", actual, " }"];
      return around.dialect.deepEqual(copy, value, via);
    }
    case "plain":
    case "rounded":
      around.need(via);
      return around.dialect.deepEqual([via, "(", actual, ")"], value, via);
  }
}

/** `() => expression`; an assignment gets braces. */
function printAction(statement: Statement, scope: StatementScope): Doc {
  if (statement.kind === "set")
    return ["() => ", block([[printExpression(statement, scope), ";"]])];
  if (statement.kind === "call-with-callback") {
    return ["() => ", printCallbackCall(statement, scope, "() => {}")];
  }
  return ["() => ", printExpression(statement, scope)];
}

/** Something that is no error was thrown: caught by hand, for every assertion library treats it differently. */
function printThrownValue(
  statement: Statement,
  { error, isPromise }: NonNullable<AssertionPlan["thrown"]>,
  scope: StatementScope,
  around: TestSurroundings,
  names: NameScope,
): Line[] {
  const name = names.take("thrown");
  const expression = printExpression(statement, scope);
  const action: Doc = isPromise && isAwaited(statement) ? ["await ", expression] : expression;
  const declaration = around.isTypeScript ? `let ${name}: unknown;` : `let ${name};`;
  const caught = ["try ", block([[action, ";"]]), " catch (error) ", block([`${name} = error;`])];
  const { dialect } = around;
  const check =
    error.name === "string"
      ? dialect.equal(name, { kind: "string", value: error.message, length: error.message.length })
      : error.name === "number" || error.name === "boolean"
        ? dialect.equal(name, error.message)
        : error.name === "undefined" || error.name === "null"
          ? dialect.equal(name, { kind: error.name })
          : dialect.type(name, toTypeOf(error.name));
  return [
    { kind: "act", doc: [declaration, HARD_LINE, caught] },
    { kind: "assert", doc: [check, ";"] },
  ];
}

function toTypeOf(name: string): "function" | "object" {
  return name === "function" ? "function" : "object";
}
