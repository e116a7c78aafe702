import type { Statement, ValueGene } from "../../contract/program.ts";
import type { Need } from "../dialects/dialect.ts";
import { callArguments, HARD_LINE, indent, type Doc } from "../layout.ts";
import { toMember, toStringLiteral } from "../values/literals.ts";
import { block, printFunction, printValue, type ValueScope } from "../values/print-value.ts";

/** What the expression of a statement may refer to beside values. */
export interface StatementScope extends ValueScope {
  /** The array that records the calls of the spy at this argument position, or null. */
  readonly callsOf: (argument: number) => string | null;
  /** Wraps an argument that the declared types would not allow; only in TypeScript. */
  readonly fitArgument: (printed: Doc, argument: number) => Doc;
  readonly need: (what: Need) => void;
}

/** The expression of a statement, without `await` in front. */
export function printExpression(statement: Statement, scope: StatementScope): Doc {
  switch (statement.kind) {
    case "call":
      return [scope.exportOf(statement.callee), printArguments(statement.args, scope)];
    case "new":
      return ["new ", scope.exportOf(statement.callee), printArguments(statement.args, scope)];
    case "method":
      return [
        scope.refOf(statement.receiver),
        toMember(statement.name),
        printArguments(statement.args, scope),
      ];
    case "get":
      return [scope.refOf(statement.receiver), toMember(statement.name)];
    case "set": {
      const value = scope.fitArgument(printValue(statement.value, scope), 0);
      return [scope.refOf(statement.receiver), toMember(statement.name), " = ", value];
    }
    case "call-value":
      return [scope.refOf(statement.callee), printArguments(statement.args, scope)];
    case "iterate":
      return statement.awaits
        ? ["Array.fromAsync", callArguments([scope.refOf(statement.receiver)])]
        : ["[...", scope.refOf(statement.receiver), "]"];
    case "call-with-callback":
      return printWithCallback(statement, scope);
    case "wait-event":
      scope.need("once");
      return [
        "once",
        callArguments([scope.refOf(statement.receiver), toStringLiteral(statement.event)]),
      ];
  }
}

/** Whether the expression stands for a promise that the test awaits. */
export function isAwaited(statement: Statement): boolean {
  if (statement.kind === "call-with-callback" || statement.kind === "wait-event") return true;
  return "awaits" in statement && statement.awaits;
}

/** The call that a `call-with-callback` makes, with `callback` as its last argument. */
export function printCallbackCall(
  statement: Statement & { readonly kind: "call-with-callback" },
  scope: StatementScope,
  callback: Doc,
): Doc {
  const callee =
    "receiver" in statement.callee
      ? [scope.refOf(statement.callee.receiver), toMember(statement.callee.name)]
      : scope.exportOf(statement.callee);
  const args = statement.args.map((gene, index) => printArgument(gene, index, scope));
  return [callee, callArguments([...args, callback])];
}

/** A loop that collects at most `limit` items, for sources that do not end by themselves. */
export function printTakeLoop(
  statement: Statement & { readonly kind: "iterate" },
  scope: StatementScope,
  items: string,
): Doc[] {
  const head = statement.awaits ? "for await (const item of " : "for (const item of ";
  const declaration = scope.isTypeScript
    ? `const ${items}: unknown[] = [];`
    : `const ${items} = [];`;
  const body = [`if (${items}.length === ${statement.limit}) break;`, `${items}.push(item);`];
  return [declaration, [head, scope.refOf(statement.receiver), ") ", block(body)]];
}

function printWithCallback(
  statement: Statement & { readonly kind: "call-with-callback" },
  scope: StatementScope,
): Doc {
  const type = scope.isTypeScript ? "<unknown[]>" : "";
  const parameters = scope.isTypeScript ? "(...received: unknown[])" : "(...received)";
  const call = printCallbackCall(statement, scope, `${parameters} => resolve(received)`);
  return [`new Promise${type}((resolve) => {`, indent([HARD_LINE, call, ";"]), HARD_LINE, "})"];
}

function printArguments(args: readonly ValueGene[], scope: StatementScope): Doc {
  return callArguments(args.map((gene, index) => printArgument(gene, index, scope)));
}

function printArgument(gene: ValueGene, index: number, scope: StatementScope): Doc {
  const printed =
    gene.kind === "function" && gene.template.kind === "spy"
      ? printFunction(gene.template, scope, scope.callsOf(index))
      : printValue(gene, scope);
  return scope.fitArgument(printed, index);
}
