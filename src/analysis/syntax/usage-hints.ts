import type { Node } from "@babel/types";
import type { ParameterHint, TypeHint } from "../../contract/api-model.ts";
import { keyName, unwrap } from "./names.ts";
import { type Evidence, evidenceToType, newEvidence, noteUse } from "./usage-evidence.ts";
import { type FunctionNode, walk } from "./walk.ts";

const UNKNOWN: TypeHint = { kind: "unknown" };

/**
 * Parameters of a function nobody wrote types for, with types guessed from how its body uses them:
 * `typeof p === "string"`, `p.forEach(…)`, `p(…)`, `p.name`, `p - 1`. A guess, never a contract.
 */
export function guessParameters(node: FunctionNode): readonly ParameterHint[] {
  const evidence = collectEvidence(node);
  let isOptional = false;
  return node.params.map((param, index) => {
    const hint = toParameter(param, index, evidence);
    isOptional ||= hint.optional;
    // What follows an optional parameter cannot be required.
    return { ...hint, optional: isOptional };
  });
}

function toParameter(
  param: Node,
  index: number,
  evidence: ReadonlyMap<string, Evidence>,
): ParameterHint {
  const fallback = `arg${index}`;
  switch (param.type) {
    case "Identifier":
      return {
        name: param.name,
        type: typeOf(param.name, evidence),
        optional: param.optional === true || evidence.get(param.name)?.isOptional === true,
        rest: false,
      };
    case "AssignmentPattern": {
      const inner = toParameter(param.left, index, evidence);
      const fromDefault = typeOfValue(param.right);
      const type = inner.type.kind === "unknown" ? (fromDefault ?? UNKNOWN) : inner.type;
      return { ...inner, type, optional: true };
    }
    case "RestElement": {
      const inner = toParameter(param.argument, index, evidence);
      const type: TypeHint = inner.type.kind === "array" ? inner.type.of : UNKNOWN;
      return { name: inner.name, type, optional: true, rest: true };
    }
    case "ObjectPattern":
      return {
        name: "options",
        type: typeOfPattern(param, evidence),
        optional: false,
        rest: false,
      };
    case "ArrayPattern":
      return { name: fallback, type: { kind: "array", of: UNKNOWN }, optional: false, rest: false };
    case "TSParameterProperty":
      return toParameter(param.parameter, index, evidence);
    default:
      return { name: fallback, type: UNKNOWN, optional: false, rest: false };
  }
}

function typeOf(name: string, evidence: ReadonlyMap<string, Evidence>): TypeHint {
  const known = evidence.get(name);
  return known === undefined ? UNKNOWN : evidenceToType(known, 0);
}

function typeOfPattern(
  pattern: Extract<Node, { type: "ObjectPattern" }>,
  evidence: ReadonlyMap<string, Evidence>,
): TypeHint {
  const properties = pattern.properties.flatMap((property) => {
    if (property.type !== "ObjectProperty") return [];
    const name = keyName(property);
    if (name === null) return [];
    const value = property.value;
    const hasDefault = value.type === "AssignmentPattern";
    const target = hasDefault ? value.left : value;
    const used = target.type === "Identifier" ? typeOf(target.name, evidence) : UNKNOWN;
    const nested = target.type === "ObjectPattern" ? typeOfPattern(target, evidence) : used;
    const fallback = hasDefault ? (typeOfValue(value.right) ?? UNKNOWN) : UNKNOWN;
    return [{ name, optional: hasDefault, type: nested.kind === "unknown" ? fallback : nested }];
  });
  return { kind: "object", properties, index: null };
}

/** The type of a literal, such as a default value; null when it tells nothing. */
export function typeOfValue(node: Node): TypeHint | null {
  const inner = unwrap(node);
  switch (inner.type) {
    case "StringLiteral":
    case "TemplateLiteral":
      return { kind: "string" };
    case "NumericLiteral":
      return { kind: "number" };
    case "BooleanLiteral":
      return { kind: "boolean" };
    case "ArrayExpression":
      return { kind: "array", of: UNKNOWN };
    case "ObjectExpression":
      return { kind: "object", properties: [], index: UNKNOWN };
    case "RegExpLiteral":
      return { kind: "regexp" };
    case "ArrowFunctionExpression":
    case "FunctionExpression":
      return { kind: "function", params: [], returns: UNKNOWN };
    case "UnaryExpression":
      return inner.operator === "-"
        ? { kind: "number" }
        : inner.operator === "!"
          ? { kind: "boolean" }
          : null;
    default:
      return null;
  }
}

/** Evidence by parameter name, inner bindings of destructured parameters included. */
function collectEvidence(node: FunctionNode): ReadonlyMap<string, Evidence> {
  const evidence = new Map<string, Evidence>();
  for (const param of node.params) {
    walk(param, (inner, parent) => {
      const isKey = parent?.type === "ObjectProperty" && parent.key === inner && !parent.shorthand;
      if (inner.type === "Identifier" && !isKey) evidence.set(inner.name, newEvidence());
      return inner.type !== "TSTypeAnnotation";
    });
  }
  if (evidence.size === 0) return evidence;
  const parents = new Map<Node, Node>();
  walk(node.body, (inner, parent) => {
    if (parent !== null) parents.set(inner, parent);
    if (inner.type !== "Identifier") return undefined;
    const known = evidence.get(inner.name);
    if (known !== undefined && !isJustAName(inner, parent)) noteUse(known, inner, parents, 0);
    return undefined;
  });
  return evidence;
}

function isJustAName(node: Node, parent: Node | null): boolean {
  if (parent === null) return false;
  switch (parent.type) {
    case "MemberExpression":
    case "OptionalMemberExpression":
      return parent.property === node && !parent.computed;
    case "ObjectProperty":
    case "ObjectMethod":
    case "ClassMethod":
    case "ClassProperty":
      return parent.key === node && !parent.computed;
    default:
      return false;
  }
}
