import type { Node } from "@babel/types";
import type { ValueGene } from "../../contract/program.ts";
import { keyName, requiredSpecifier, unwrap } from "../syntax/names.ts";
import { isFunctionNode } from "../syntax/walk.ts";
import { type Abstract, limitSize, type Scope, UNDEFINED_GENE, UNKNOWN } from "./abstract.ts";
import { foldBinary, foldUnary, literalGene, textOf } from "./constants.ts";
import { MAX_DEPTH, type Reader, readMember, toGene, toStatement } from "./reader-core.ts";

const MAX_TEXT = 10_000;

/** Evaluates an expression as far as it can be known, recording the calls of the module on the way. */
export function evaluate(reader: Reader, node: Node, scope: Scope): Abstract {
  if (reader.steps <= 0 || reader.depth > MAX_DEPTH) return UNKNOWN;
  reader.steps -= 1;
  reader.depth += 1;
  try {
    return evaluateInner(reader, unwrap(node), scope);
  } finally {
    reader.depth -= 1;
  }
}

function evaluateInner(reader: Reader, node: Node, scope: Scope): Abstract {
  if (isFunctionNode(node)) return { kind: "function", node, scope };
  const literal = node.type === "Identifier" ? null : literalGene(node);
  if (literal !== null) return { kind: "gene", gene: literal };
  switch (node.type) {
    case "Identifier":
      return readName(reader, node.name, scope);
    case "TemplateLiteral":
      return readTemplate(reader, node, scope);
    case "UnaryExpression":
      return folded(
        foldUnary(node.operator, toGene(reader, reader.evaluate(node.argument, scope))),
      );
    case "BinaryExpression": {
      const left = reader.evaluate(node.left, scope);
      const right = reader.evaluate(node.right, scope);
      return folded(foldBinary(node.operator, toGene(reader, left), toGene(reader, right)));
    }
    case "ArrayExpression":
      return { kind: "gene", gene: readArray(reader, node.elements, scope) };
    case "ObjectExpression":
      return { kind: "gene", gene: readObject(reader, node, scope) };
    case "CallExpression":
    case "OptionalCallExpression": {
      const specifier = requiredSpecifier(node);
      if (specifier !== null) return reader.surroundings.module(specifier, reader.file);
      return reader.call(node, scope);
    }
    case "NewExpression":
      return reader.construct(node, scope);
    case "MemberExpression":
    case "OptionalMemberExpression":
      return readMember(
        reader,
        reader.evaluate(node.object, scope),
        memberName(reader, node, scope),
      );
    case "AwaitExpression": {
      const value = reader.evaluate(node.argument, scope);
      if (value.kind === "result") reader.recorder.markAwaited(value.statement);
      return value;
    }
    case "AssignmentExpression":
      return readAssignment(reader, node, scope);
    case "ConditionalExpression":
      return reader.evaluate(node.consequent, scope);
    case "LogicalExpression":
      return reader.evaluate(node.left, scope);
    case "SequenceExpression":
      return node.expressions.map((item) => reader.evaluate(item, scope)).at(-1) ?? UNKNOWN;
    case "YieldExpression":
      return node.argument ? reader.evaluate(node.argument, scope) : UNKNOWN;
    case "ImportExpression":
      return node.source.type === "StringLiteral"
        ? reader.surroundings.module(node.source.value, reader.file)
        : UNKNOWN;
    default:
      return UNKNOWN;
  }
}

function folded(gene: ValueGene | null): Abstract {
  return gene === null ? UNKNOWN : { kind: "gene", gene };
}

function readName(reader: Reader, name: string, scope: Scope): Abstract {
  const known = scope.lookup(name);
  if (known !== null) return known;
  const constant = literalGene({ type: "Identifier", name });
  return constant === null ? reader.surroundings.name(name) : { kind: "gene", gene: constant };
}

function readTemplate(
  reader: Reader,
  node: Extract<Node, { type: "TemplateLiteral" }>,
  scope: Scope,
): Abstract {
  let text = "";
  for (const [index, quasi] of node.quasis.entries()) {
    text += quasi.value.cooked ?? "";
    const expression = node.expressions[index];
    if (expression === undefined) continue;
    const piece = textOf(toGene(reader, reader.evaluate(expression, scope)));
    if (piece === null || text.length > MAX_TEXT) return UNKNOWN;
    text += piece;
  }
  return { kind: "gene", gene: { kind: "string", value: text } };
}

function readArray(reader: Reader, elements: readonly (Node | null)[], scope: Scope): ValueGene {
  const items: ValueGene[] = [];
  for (const element of elements.slice(0, 200)) {
    if (element === null) items.push(UNDEFINED_GENE);
    else if (element.type === "SpreadElement") {
      const spread = toGene(reader, reader.evaluate(element.argument, scope));
      if (spread.kind === "array") items.push(...spread.items);
    } else items.push(toGene(reader, reader.evaluate(element, scope)));
  }
  return limitSize({ kind: "array", items });
}

function readObject(
  reader: Reader,
  node: Extract<Node, { type: "ObjectExpression" }>,
  scope: Scope,
): ValueGene {
  const entries: (readonly [string, ValueGene])[] = [];
  for (const property of node.properties.slice(0, 100)) {
    if (property.type === "SpreadElement") {
      const spread = toGene(reader, reader.evaluate(property.argument, scope));
      if (spread.kind === "object") entries.push(...spread.entries);
      continue;
    }
    const name = keyName(property);
    if (name === null || name === "__proto__") continue;
    const value: Abstract =
      property.type === "ObjectMethod"
        ? { kind: "function", node: property, scope }
        : reader.evaluate(property.value, scope);
    entries.push([name, toGene(reader, value)]);
  }
  return limitSize({ kind: "object", entries });
}

function memberName(
  reader: Reader,
  node: Extract<Node, { type: "MemberExpression" | "OptionalMemberExpression" }>,
  scope: Scope,
): string | null {
  const direct = keyName(node);
  if (direct !== null || !node.computed) return direct;
  return textOf(toGene(reader, reader.evaluate(node.property, scope)));
}

function readAssignment(
  reader: Reader,
  node: Extract<Node, { type: "AssignmentExpression" }>,
  scope: Scope,
): Abstract {
  const value = reader.evaluate(node.right, scope);
  const left = node.left;
  if (node.operator !== "=") {
    if (left.type === "Identifier") scope.assign(left.name, UNKNOWN);
    return UNKNOWN;
  }
  if (left.type === "Identifier") scope.assign(left.name, value);
  else if (left.type === "MemberExpression") {
    const base = reader.evaluate(left.object, scope);
    const name = memberName(reader, left, scope);
    const receiver = toStatement(reader, base);
    if (receiver !== null && name !== null && name !== "__proto__") {
      reader.recorder.add({ kind: "set", receiver, name, value: toGene(reader, value) });
    }
  } else if (left.type === "ObjectPattern" || left.type === "ArrayPattern") {
    reader.bind(left, value, scope, "assign");
  }
  return value;
}
