import type { NodePath, Visitor } from "@babel/traverse";
import type {
  BinaryExpression,
  CallExpression,
  Expression,
  Node,
  OptionalCallExpression,
  SwitchStatement,
} from "@babel/types";

import type { ComparisonKind } from "../../contract/search-runtime.ts";
import type { InstrumentLibraries } from "./babel.ts";
import type { Pass } from "./generate-code.ts";
import { toRuntime, type RuntimeHandle } from "./runtime-header.ts";
import { Temporaries } from "./temporaries.ts";

const OPERATORS = new Set<string>(["==", "===", "!=", "!==", "<", ">", "<=", ">="]);
const METHODS = new Set<string>([
  "includes",
  "startsWith",
  "endsWith",
  "indexOf",
  "lastIndexOf",
  "match",
  "test",
]);

/**
 * A pass that shows both operands of comparisons to the runtime while it is logging. Operands
 * are evaluated once and in order. Left out, because they tell nothing about inputs or have no place
 * for a temporary: `typeof x === "…"`, tests of counting loops, and operands with side effects
 * outside any function body (class fields, parameter defaults).
 */
export function createComparisonPass(babel: InstrumentLibraries, handle: RuntimeHandle): Pass {
  return {
    enter: (program) => {
      const temporaries = new Temporaries(babel, handle);
      const visitor = toVisitor(createLog(babel, handle, temporaries));
      // Names are made unique by their prefix, so the cost of scopes is saved.
      babel.traverse(program.parent, { noScope: true, ...visitor });
      temporaries.declare();
    },
    exit: () => undefined,
  };
}

function toVisitor(log: Log): Visitor {
  const seen = new WeakSet<Node>();
  // On exit, so that operands are rewritten before the expression that holds them.
  return {
    BinaryExpression: {
      exit: (path: NodePath<BinaryExpression>) => {
        if (!seen.has(path.node)) logOperator(log, path, seen);
      },
    },
    SwitchStatement: {
      exit: (path: NodePath<SwitchStatement>) => {
        logSwitch(log, path);
      },
    },
    "CallExpression|OptionalCallExpression": {
      exit: (path: NodePath<CallExpression | OptionalCallExpression>) => {
        if (seen.has(path.node)) return;
        seen.add(path.node);
        logMethod(log, path);
      },
    },
  } as Visitor;
}

interface Log {
  readonly babel: InstrumentLibraries;
  readonly temporaries: Temporaries;
  /** `runtime.isLogging && runtime.compare(left, right, kind)` */
  toCall(left: Expression, right: Expression, kind: ComparisonKind): Expression;
  /**
   * Splits an operand into the expression that evaluates it and the one that reads it again; they
   * are the same where evaluating twice cannot be told. Null where no temporary can be declared.
   */
  split(
    path: NodePath,
    operand: Expression,
  ): { evaluate: Expression | null; read: Expression } | null;
}

function createLog(
  babel: InstrumentLibraries,
  handle: RuntimeHandle,
  temporaries: Temporaries,
): Log {
  const { types: t } = babel;
  return {
    babel,
    temporaries,
    toCall: (left, right, kind) =>
      t.logicalExpression(
        "&&",
        t.memberExpression(toRuntime(babel, handle), t.identifier("isLogging")),
        t.callExpression(
          t.memberExpression(t.identifier(handle.variable), t.identifier("compare")),
          [t.cloneNode(left), t.cloneNode(right), t.stringLiteral(kind)],
        ),
      ),
    split: (path, operand) => {
      if (isConstant(operand)) return { evaluate: null, read: operand };
      const temporary = temporaries.take(path);
      if (temporary === null) return null;
      return {
        evaluate: t.assignmentExpression("=", t.cloneNode(temporary), operand),
        read: t.cloneNode(temporary),
      };
    },
  };
}

function logOperator(log: Log, path: NodePath<BinaryExpression>, seen: WeakSet<Node>): void {
  const { types: t } = log.babel;
  const { node } = path;
  seen.add(node);
  const { left, right, operator } = node;
  if (!OPERATORS.has(operator) || left.type === "PrivateName") return;
  if (isTypeof(left) || isTypeof(right) || isCountingTest(path) || isInEnum(path)) return;
  const kind = operator as ComparisonKind;
  if (isReadable(left) && isReadable(right)) {
    path.replaceWith(t.sequenceExpression([log.toCall(left, right, kind), node]));
    return;
  }
  const first = log.split(path, left);
  const second = first === null ? null : log.split(path, right);
  if (first === null || second === null) return;
  const steps = [first.evaluate, second.evaluate].filter((step) => step !== null);
  const comparison = t.binaryExpression(operator, first.read, second.read);
  seen.add(comparison);
  path.replaceWith(
    t.sequenceExpression([...steps, log.toCall(first.read, second.read, kind), comparison]),
  );
}

function logSwitch(log: Log, path: NodePath<SwitchStatement>): void {
  const { types: t } = log.babel;
  const { node } = path;
  if (isTypeof(node.discriminant)) return;
  const subject = log.temporaries.take(path);
  if (subject === null) return;
  node.discriminant = t.assignmentExpression("=", t.cloneNode(subject), node.discriminant);
  for (const branch of node.cases) {
    if (branch.test === null || branch.test === undefined) continue;
    const value = log.split(path, branch.test);
    if (value === null) continue;
    const steps = value.evaluate === null ? [] : [value.evaluate];
    const call = log.toCall(subject, value.read, "switch");
    branch.test = t.sequenceExpression([...steps, call, value.read]);
  }
}

function logMethod(log: Log, path: NodePath<CallExpression | OptionalCallExpression>): void {
  const { types: t } = log.babel;
  const { callee, arguments: args } = path.node;
  const [argument] = args;
  if (callee.type !== "MemberExpression" && callee.type !== "OptionalMemberExpression") return;
  if (callee.computed || callee.property.type !== "Identifier") return;
  if (!METHODS.has(callee.property.name) || callee.object.type === "Super") return;
  if (argument === undefined || !t.isExpression(argument) || isInEnum(path)) return;
  const kind = callee.property.name as ComparisonKind;
  if (isReadable(callee.object) && isReadable(argument)) {
    args[0] = t.sequenceExpression([log.toCall(callee.object, argument, kind), argument]);
    return;
  }
  // `(temporary = a?.b).includes()` would cut the chain that lets `a?.b.includes()` end early.
  if (isChain(callee.object) && !(callee.type === "OptionalMemberExpression" && callee.optional))
    return;
  // The method is looked up before the argument is evaluated, so only the argument is wrapped.
  const receiver = log.split(path, callee.object);
  const value = receiver === null ? null : log.split(path, argument);
  if (receiver === null || value === null) return;
  if (receiver.evaluate !== null) callee.object = receiver.evaluate;
  const steps = value.evaluate === null ? [] : [value.evaluate];
  args[0] = t.sequenceExpression([
    ...steps,
    log.toCall(receiver.read, value.read, kind),
    value.read,
  ]);
}

/** Literals: nothing between two evaluations can change them. A regex literal makes a new object each time. */
function isConstant(node: Node): boolean {
  switch (node.type) {
    case "StringLiteral":
    case "NumericLiteral":
    case "BooleanLiteral":
    case "NullLiteral":
    case "BigIntLiteral":
      return true;
    case "TemplateLiteral":
      return node.expressions.length === 0;
    case "UnaryExpression":
      return (node.operator === "-" || node.operator === "void") && isConstant(node.argument);
    default:
      return false;
  }
}

/** Reading it twice in a row, with nothing else in between, cannot be told from reading it once. */
function isReadable(node: Node): boolean {
  return node.type === "Identifier" || node.type === "ThisExpression" || isConstant(node);
}

function isChain(node: Node): boolean {
  return node.type === "OptionalMemberExpression" || node.type === "OptionalCallExpression";
}

function isTypeof(node: Node): boolean {
  return node.type === "UnaryExpression" && node.operator === "typeof";
}

/** `i < n` in the head of `for (let i = …; i < n; …)`: hot, and about the loop's own counter. */
function isCountingTest(path: NodePath<BinaryExpression>): boolean {
  const { parent, node } = path;
  if (parent.type !== "ForStatement" || parent.test !== node) return false;
  if (parent.init?.type !== "VariableDeclaration") return false;
  const counters = parent.init.declarations.flatMap(({ id }) =>
    id.type === "Identifier" ? [id.name] : [],
  );
  return [node.left, node.right].some(
    (side) => side.type === "Identifier" && counters.includes(side.name),
  );
}

/** Enum members become constants; a call inside one would not compile. */
function isInEnum(path: NodePath): boolean {
  return path.findParent((parent) => parent.isTSEnumMember()) !== null;
}
