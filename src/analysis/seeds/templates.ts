import type { Node } from "@babel/types";
import type { FunctionTemplate, ValueGene } from "../../contract/program.ts";
import { keyName, unwrap } from "../syntax/names.ts";
import { findFirst, type FunctionNode, isFunctionNode } from "../syntax/walk.ts";
import { UNDEFINED_GENE } from "./abstract.ts";

const OPERATORS: ReadonlySet<string> = new Set(["+", "-", "<", ">", "===", "*"]);
const COMPARISONS: ReadonlySet<string> = new Set([
  "<",
  ">",
  "<=",
  ">=",
  "===",
  "!==",
  "==",
  "!=",
  "in",
]);

/**
 * The template nearest to a function literal: what it returns decides. `constant` turns a literal into a
 * gene, or answers null.
 */
export function toTemplate(
  node: FunctionNode,
  constant: (node: Node) => ValueGene | null,
): FunctionTemplate {
  const thrown = findThrow(node);
  const returned = findReturn(node);
  if (returned === null && thrown !== null) return { kind: "throws", message: thrown };
  if (returned === null) return fromEffects(node, constant);
  const params = node.params.map((param) => (param.type === "Identifier" ? param.name : ""));
  const template = fromExpression(unwrap(returned), params, constant);
  if (!node.async) return template;
  return template.kind === "constant"
    ? { kind: "async-constant", value: template.value }
    : template;
}

function fromExpression(
  expression: Node,
  params: readonly string[],
  constant: (node: Node) => ValueGene | null,
): FunctionTemplate {
  if (expression.type === "Identifier" && params.includes(expression.name)) {
    return { kind: "argument", index: params.indexOf(expression.name) };
  }
  if (expression.type === "MemberExpression" && expression.object.type === "Identifier") {
    const name = keyName(expression);
    if (name !== null && expression.object.name === params[0]) return { kind: "property", name };
  }
  if (expression.type === "BinaryExpression") return fromBinary(expression, params);
  const gene = constant(expression);
  if (gene !== null) return { kind: "constant", value: gene };
  if (expression.type === "UnaryExpression" && expression.operator === "!") return truth();
  // Anything computed from the argument is nearest to the argument itself.
  return params.length > 0
    ? { kind: "argument", index: 0 }
    : { kind: "constant", value: UNDEFINED_GENE };
}

function fromBinary(
  expression: Extract<Node, { type: "BinaryExpression" }>,
  params: readonly string[],
): FunctionTemplate {
  const { left, right, operator } = expression;
  const isOverParams =
    left.type === "Identifier" &&
    right.type === "Identifier" &&
    params.includes(left.name) &&
    params.includes(right.name);
  if (isOverParams && OPERATORS.has(operator)) {
    return { kind: "operator", operator: operator as "+" };
  }
  if (COMPARISONS.has(operator)) return truth();
  return params.length > 0 ? { kind: "argument", index: 0 } : truth();
}

function truth(): FunctionTemplate {
  return { kind: "constant", value: { kind: "boolean", value: true } };
}

/** A function that returns nothing: it may call its last parameter back, or only has effects. */
function fromEffects(
  node: FunctionNode,
  constant: (node: Node) => ValueGene | null,
): FunctionTemplate {
  const last = node.params.at(-1);
  const callback = last?.type === "Identifier" ? last.name : null;
  const found = findFirst(node.body, (inner): FunctionTemplate | null => {
    if (inner.type !== "CallExpression" || inner.callee.type !== "Identifier") return null;
    if (inner.callee.name !== callback) return null;
    const [error, value] = inner.arguments;
    const gene = error === undefined ? null : constant(error);
    const isError = gene !== null && gene.kind !== "null" && gene.kind !== "undefined";
    return {
      kind: "calls-back",
      error: isError ? gene : null,
      value: (value === undefined ? null : constant(value)) ?? UNDEFINED_GENE,
    };
  });
  return found ?? { kind: "spy", returns: UNDEFINED_GENE };
}

function findReturn(node: FunctionNode): Node | null {
  if (node.body.type !== "BlockStatement") return node.body;
  return findFirst(
    node.body,
    (inner) => (inner.type === "ReturnStatement" ? (inner.argument ?? null) : null),
    isFunctionNode,
  );
}

/** The message of the first error that the body throws. */
function findThrow(node: FunctionNode): string | null {
  return findFirst(
    node.body,
    (inner) => {
      if (inner.type !== "ThrowStatement") return null;
      const thrown = inner.argument;
      const isMade = thrown.type === "NewExpression" || thrown.type === "CallExpression";
      const message = isMade ? thrown.arguments[0] : undefined;
      return message?.type === "StringLiteral" ? message.value : "error";
    },
    isFunctionNode,
  );
}
