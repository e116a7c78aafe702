import type { Node } from "@babel/types";
import type { TypeHint } from "../../contract/api-model.ts";
import { keyName } from "./names.ts";

/** A type that uses speak for; `sequence` is an array or a string, `indexed` has computed members. */
type EvidenceKind = TypeHint["kind"] | "sequence" | "indexed";

/** What a body does with one value. */
export interface Evidence {
  readonly kinds: Set<EvidenceKind>;
  readonly literals: Set<string | number | boolean>;
  readonly properties: Map<string, Evidence>;
  /** Number of arguments it is called with, or null when it is not called. */
  callArity: number | null;
  isOptional: boolean;
  elements: Evidence | null;
}

export function newEvidence(): Evidence {
  return {
    kinds: new Set(),
    literals: new Set(),
    properties: new Map(),
    callArity: null,
    isOptional: false,
    elements: null,
  };
}

const ARRAY_METHODS: ReadonlySet<string> = new Set(
  "forEach map filter reduce reduceRight push pop shift unshift splice some every sort reverse join find findIndex flat flatMap fill entries".split(
    " ",
  ),
);
const STRING_METHODS: ReadonlySet<string> = new Set(
  "charAt charCodeAt codePointAt split replace replaceAll toLowerCase toUpperCase trim trimStart trimEnd substr substring match matchAll search startsWith endsWith padStart padEnd repeat localeCompare normalize".split(
    " ",
  ),
);
const DATE_METHODS =
  /^(?:get|set)(?:UTC)?(?:Time|FullYear|Month|Date|Day|Hours|Minutes|Seconds|Milliseconds|TimezoneOffset)$|^toISOString$/;
const FUNCTION_METHODS: ReadonlySet<string> = new Set(["call", "apply", "bind"]);
/** Members that arrays and strings share; they tell only that it is one of the two. */
const SEQUENCE_MEMBERS: ReadonlySet<string> = new Set([
  "length",
  "indexOf",
  "lastIndexOf",
  "includes",
  "slice",
  "concat",
  "at",
]);
const ARITHMETIC: ReadonlySet<string> = new Set(["-", "*", "/", "%", "**"]);
const BITWISE: ReadonlySet<string> = new Set(["|", "&", "^", "<<", ">>", ">>>"]);
const EQUALITY: ReadonlySet<string> = new Set(["===", "==", "!==", "!="]);
const ORDER: ReadonlySet<string> = new Set(["<", ">", "<=", ">="]);
const INSTANCES: Readonly<Record<string, TypeHint["kind"]>> = {
  Array: "array",
  RegExp: "regexp",
  Date: "date",
  Error: "error",
  Function: "function",
  Promise: "promise",
  Map: "map",
  Set: "set",
  Buffer: "bytes",
  Uint8Array: "bytes",
  String: "string",
  Number: "number",
  Object: "object",
};
const MAX_DEPTH = 3;

/** Notes one use of a value: `node` is the expression that stands for it. */
export function noteUse(
  evidence: Evidence,
  node: Node,
  parents: ReadonlyMap<Node, Node>,
  depth: number,
): void {
  const parent = parents.get(node);
  if (parent === undefined) return;
  switch (parent.type) {
    case "MemberExpression":
    case "OptionalMemberExpression":
      if (parent.object === node) noteMember(evidence, parent, parents, depth);
      else if (parent.computed) evidence.kinds.add("string");
      return;
    case "CallExpression":
    case "OptionalCallExpression":
    case "NewExpression":
      noteCall(evidence, node, parent);
      return;
    case "UnaryExpression":
      noteUnary(evidence, parent, parents.get(parent));
      return;
    case "BinaryExpression":
      noteBinary(evidence, node, parent);
      return;
    case "UpdateExpression":
      evidence.kinds.add("number");
      return;
    case "AssignmentExpression":
      noteAssignment(evidence, node, parent);
      return;
    case "SwitchStatement":
      for (const { test } of parent.cases) if (test) noteLiteral(evidence, test);
      return;
    case "ForOfStatement":
    case "SpreadElement":
      if (parent.type === "SpreadElement" || parent.right === node) evidence.kinds.add("array");
      return;
    case "LogicalExpression":
      if (parent.left === node && parent.operator !== "&&") evidence.isOptional = true;
      return;
    default:
  }
}

function noteMember(
  evidence: Evidence,
  member: Extract<Node, { type: "MemberExpression" | "OptionalMemberExpression" }>,
  parents: ReadonlyMap<Node, Node>,
  depth: number,
): void {
  const name = keyName(member);
  if (name === null) {
    evidence.kinds.add("indexed");
    evidence.elements ??= newEvidence();
    if (depth < MAX_DEPTH) noteUse(evidence.elements, member, parents, depth + 1);
    return;
  }
  if (ARRAY_METHODS.has(name)) evidence.kinds.add("array");
  else if (STRING_METHODS.has(name)) evidence.kinds.add("string");
  else if (FUNCTION_METHODS.has(name)) evidence.kinds.add("function");
  else if (name === "then") evidence.kinds.add("promise");
  else if (name === "test" || name === "exec") evidence.kinds.add("regexp");
  else if (DATE_METHODS.test(name)) evidence.kinds.add("date");
  else if (SEQUENCE_MEMBERS.has(name)) evidence.kinds.add("sequence");
  else if (!/^(?:toString|hasOwnProperty|constructor|prototype|valueOf)$/.test(name)) {
    const inner = evidence.properties.get(name) ?? newEvidence();
    evidence.properties.set(name, inner);
    if (depth < MAX_DEPTH) noteUse(inner, member, parents, depth + 1);
  }
}

function noteCall(
  evidence: Evidence,
  node: Node,
  call: Extract<Node, { type: "CallExpression" | "OptionalCallExpression" | "NewExpression" }>,
): void {
  if (call.callee === node) {
    evidence.kinds.add("function");
    evidence.callArity = Math.max(evidence.callArity ?? 0, call.arguments.length);
    return;
  }
  const callee = call.callee;
  if (callee.type === "MemberExpression" && callee.object.type === "Identifier") {
    const owner = callee.object.name;
    const name = keyName(callee) ?? "";
    if (owner === "Math") evidence.kinds.add("number");
    else if (owner === "Array" && name === "isArray") evidence.kinds.add("array");
    else if (owner === "Buffer" && name === "isBuffer") evidence.kinds.add("bytes");
    else if (owner === "Number") evidence.kinds.add("number");
    else if (owner === "JSON" && name === "parse") evidence.kinds.add("string");
    else if (owner === "Object" && /^(?:keys|entries|values|assign)$/.test(name)) {
      evidence.kinds.add("object");
    }
  } else if (
    callee.type === "Identifier" &&
    /^(?:parseInt|parseFloat|isNaN|isFinite)$/.test(callee.name)
  ) {
    evidence.kinds.add(callee.name.startsWith("parse") ? "string" : "number");
  }
}

function noteUnary(
  evidence: Evidence,
  unary: Extract<Node, { type: "UnaryExpression" }>,
  parent: Node | undefined,
): void {
  if (unary.operator === "-" || unary.operator === "+" || unary.operator === "~") {
    evidence.kinds.add("number");
  }
  if (unary.operator !== "typeof") return;
  const others =
    parent?.type === "BinaryExpression"
      ? [parent.left === unary ? parent.right : parent.left]
      : parent?.type === "SwitchStatement"
        ? parent.cases.map(({ test }) => test)
        : [];
  for (const other of others) {
    if (other?.type !== "StringLiteral") continue;
    if (other.value === "undefined") evidence.isOptional = true;
    else if (/^(?:string|number|boolean|function|object|bigint|symbol)$/.test(other.value)) {
      evidence.kinds.add(other.value as EvidenceKind);
    }
  }
}

function noteBinary(
  evidence: Evidence,
  node: Node,
  binary: Extract<Node, { type: "BinaryExpression" }>,
): void {
  const { operator } = binary;
  const other = binary.left === node ? binary.right : binary.left;
  if (ARITHMETIC.has(operator)) evidence.kinds.add("number");
  else if (BITWISE.has(operator)) evidence.kinds.add("integer");
  else if (operator === "instanceof" && binary.left === node && other.type === "Identifier") {
    const kind = INSTANCES[other.name];
    if (kind !== undefined) evidence.kinds.add(kind);
  } else if (operator === "in" && binary.right === node) evidence.kinds.add("object");
  else if (EQUALITY.has(operator)) noteLiteral(evidence, other);
  else if (ORDER.has(operator) && other.type === "NumericLiteral") evidence.kinds.add("number");
  else if (operator === "+" && other.type === "StringLiteral") evidence.kinds.add("string");
}

function noteLiteral(evidence: Evidence, node: Node): void {
  if (
    node.type === "StringLiteral" ||
    node.type === "NumericLiteral" ||
    node.type === "BooleanLiteral"
  ) {
    if (evidence.literals.size < 16) evidence.literals.add(node.value);
  } else if (node.type === "NullLiteral") evidence.isOptional = true;
  else if (node.type === "Identifier" && node.name === "undefined") evidence.isOptional = true;
}

/** `options = options || {}`, `x = x === undefined ? 1 : x`. */
function noteAssignment(
  evidence: Evidence,
  node: Node,
  assignment: Extract<Node, { type: "AssignmentExpression" }>,
): void {
  if (assignment.left !== node) return;
  const { right, operator } = assignment;
  if (["-=", "*=", "/=", "%=", "**="].includes(operator)) evidence.kinds.add("number");
  const isDefaulting =
    operator === "||=" || operator === "??=" || right.type === "LogicalExpression";
  if (!isDefaulting) return;
  evidence.isOptional = true;
  const value = right.type === "LogicalExpression" ? right.right : right;
  if (value.type === "ObjectExpression") evidence.kinds.add("object");
  else if (value.type === "ArrayExpression") evidence.kinds.add("array");
  else if (value.type === "NumericLiteral") evidence.kinds.add("number");
  else if (value.type === "StringLiteral") evidence.kinds.add("string");
}

const UNKNOWN: TypeHint = { kind: "unknown" };

/** The type that the evidence speaks for; `unknown` when it says nothing. */
export function evidenceToType(evidence: Evidence, depth: number): TypeHint {
  if (depth > MAX_DEPTH) return UNKNOWN;
  const kinds = new Set<string>(evidence.kinds);
  if (evidence.properties.size > 0) kinds.add("object");
  const isSequence = kinds.delete("sequence");
  const isIndexed = kinds.delete("indexed");
  if (isSequence && !kinds.has("array") && !kinds.has("string")) {
    kinds.delete("object");
    if (isIndexed || kinds.size === 0) kinds.add("array");
    if (!isIndexed) kinds.add("string");
  } else if (isIndexed && kinds.size === 0) kinds.add("object").add("array");
  const options: TypeHint[] = [...evidence.literals].map((value) => ({ kind: "literal", value }));
  for (const kind of kinds) options.push(toType(kind, evidence, depth));
  // A value compared with texts can be any text; the literals only come first.
  for (const type of ["string", "number"] as const) {
    const isCompared = [...evidence.literals].some((value) => typeof value === type);
    if (isCompared && !kinds.has(type)) options.push({ kind: type });
  }
  const [only] = options;
  if (only === undefined) return UNKNOWN;
  return options.length === 1 ? only : { kind: "union", of: options };
}

function toType(kind: string, evidence: Evidence, depth: number): TypeHint {
  switch (kind) {
    case "array": {
      const { elements } = evidence;
      return {
        kind: "array",
        of: elements === null ? UNKNOWN : evidenceToType(elements, depth + 1),
      };
    }
    case "object":
      return {
        kind: "object",
        properties: [...evidence.properties].slice(0, 24).map(([name, inner]) => ({
          name,
          // Whether a caller has to pass it is unknown; most option objects take any part.
          optional: true,
          type: evidenceToType(inner, depth + 1),
        })),
        index: evidence.properties.size === 0 ? UNKNOWN : null,
      };
    case "function":
      return {
        kind: "function",
        params: Array.from({ length: Math.min(evidence.callArity ?? 1, 6) }, (_, index) => ({
          name: `arg${index}`,
          type: UNKNOWN,
          optional: false,
          rest: false,
        })),
        returns: UNKNOWN,
      };
    case "promise":
      return { kind: "promise", of: UNKNOWN };
    case "map":
      return { kind: "map", key: UNKNOWN, value: UNKNOWN };
    case "set":
      return { kind: "set", of: UNKNOWN };
    case "string":
    case "number":
    case "integer":
    case "boolean":
    case "bigint":
    case "symbol":
    case "regexp":
    case "date":
    case "error":
    case "bytes":
      return { kind };
    default:
      return UNKNOWN;
  }
}
