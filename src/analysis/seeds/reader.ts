import type { Node } from "@babel/types";
import type { ExportPath, ValueGene } from "../../contract/program.ts";
import { keyName, requiredSpecifier, unwrap } from "../syntax/names.ts";
import { isFunctionNode, type FunctionNode } from "../syntax/walk.ts";
import {
  type Abstract,
  createScope,
  type Recorder,
  type Scope,
  UNDEFINED_GENE,
  UNKNOWN,
} from "./abstract.ts";
import { readCall, readNew } from "./calls.ts";
import { foldBinary, foldUnary, literalGene, textOf } from "./constants.ts";
import { bindPattern, runStatements } from "./statements.ts";
import { toTemplate } from "./templates.ts";

/** What names outside a snippet mean. */
export interface Surroundings {
  /** What `require(specifier)` or an import of it gives. */
  module(specifier: string, fromFile: string): Abstract;
  /** What an identifier means that the snippet itself does not declare; `unknown` for the rest. */
  name(identifier: string): Abstract;
  /** The member of an export or of the namespace. */
  member(base: Abstract, name: string): Abstract;
}

/** A snippet being read: everything evaluation needs. */
export interface Reader {
  readonly recorder: Recorder;
  readonly surroundings: Surroundings;
  readonly file: string;
  /** Counts down; evaluation answers `unknown` at zero. */
  steps: number;
  depth: number;
  /** Elements already recorded: `statement.index` → value. */
  readonly elements: Map<string, Abstract>;
  /** The call whose result nobody uses: only there a trailing `(err, …) =>` is a callback that gets called. */
  bareCall: Node | null;
}

const MAX_STEPS = 60_000;
const MAX_DEPTH = 60;

export function createReader(recorder: Recorder, surroundings: Surroundings, file: string): Reader {
  return {
    recorder,
    surroundings,
    file,
    steps: MAX_STEPS,
    depth: 0,
    elements: new Map(),
    bareCall: null,
  };
}

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
        foldUnary(node.operator, toGene(reader, evaluate(reader, node.argument, scope))),
      );
    case "BinaryExpression": {
      const left = evaluate(reader, node.left, scope);
      const right = evaluate(reader, node.right, scope);
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
      return readCall(reader, node, scope);
    }
    case "NewExpression":
      return readNew(reader, node, scope);
    case "MemberExpression":
    case "OptionalMemberExpression":
      return readMember(
        reader,
        evaluate(reader, node.object, scope),
        memberName(reader, node, scope),
      );
    case "AwaitExpression": {
      const value = evaluate(reader, node.argument, scope);
      if (value.kind === "result") reader.recorder.markAwaited(value.statement);
      return value;
    }
    case "AssignmentExpression":
      return readAssignment(reader, node, scope);
    case "ConditionalExpression":
      return evaluate(reader, node.consequent, scope);
    case "LogicalExpression":
      return evaluate(reader, node.left, scope);
    case "SequenceExpression":
      return node.expressions.map((item) => evaluate(reader, item, scope)).at(-1) ?? UNKNOWN;
    case "YieldExpression":
      return node.argument ? evaluate(reader, node.argument, scope) : UNKNOWN;
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
    const piece = textOf(toGene(reader, evaluate(reader, expression, scope)));
    if (piece === null) return UNKNOWN;
    text += piece;
  }
  return { kind: "gene", gene: { kind: "string", value: text } };
}

function readArray(reader: Reader, elements: readonly (Node | null)[], scope: Scope): ValueGene {
  const items: ValueGene[] = [];
  for (const element of elements.slice(0, 200)) {
    if (element === null) items.push(UNDEFINED_GENE);
    else if (element.type === "SpreadElement") {
      const spread = toGene(reader, evaluate(reader, element.argument, scope));
      if (spread.kind === "array") items.push(...spread.items);
    } else items.push(toGene(reader, evaluate(reader, element, scope)));
  }
  return { kind: "array", items };
}

function readObject(
  reader: Reader,
  node: Extract<Node, { type: "ObjectExpression" }>,
  scope: Scope,
): ValueGene {
  const entries: (readonly [string, ValueGene])[] = [];
  for (const property of node.properties.slice(0, 100)) {
    if (property.type === "SpreadElement") {
      const spread = toGene(reader, evaluate(reader, property.argument, scope));
      if (spread.kind === "object") entries.push(...spread.entries);
      continue;
    }
    const name = keyName(property);
    if (name === null || name === "__proto__") continue;
    const value: Abstract =
      property.type === "ObjectMethod"
        ? { kind: "function", node: property, scope }
        : evaluate(reader, property.value, scope);
    entries.push([name, toGene(reader, value)]);
  }
  return { kind: "object", entries };
}

function memberName(
  reader: Reader,
  node: Extract<Node, { type: "MemberExpression" | "OptionalMemberExpression" }>,
  scope: Scope,
): string | null {
  const direct = keyName(node);
  if (direct !== null || !node.computed) return direct;
  return textOf(toGene(reader, evaluate(reader, node.property, scope)));
}

/** Reads `base.name`; on a recorded result it becomes a statement of its own. */
export function readMember(reader: Reader, base: Abstract, name: string | null): Abstract {
  // `x.should` belongs to an assertion library, not to the value.
  if (name === null || name === "should") return UNKNOWN;
  switch (base.kind) {
    case "namespace":
    case "export":
    case "sibling":
      return reader.surroundings.member(base, name);
    case "result":
    case "element": {
      const receiver = toStatement(reader, base);
      return receiver === null ? UNKNOWN : reader.recorder.add({ kind: "get", receiver, name });
    }
    case "gene":
      return memberOfGene(base.gene, name);
    default:
      return UNKNOWN;
  }
}

function memberOfGene(gene: ValueGene, name: string): Abstract {
  if (gene.kind === "object") {
    const entry = gene.entries.findLast(([key]) => key === name);
    return entry === undefined ? UNKNOWN : fromGene(entry[1]);
  }
  if (gene.kind === "array") {
    if (name === "length")
      return { kind: "gene", gene: { kind: "number", value: gene.items.length } };
    const item = /^\d+$/.test(name) ? gene.items[Number(name)] : undefined;
    return item === undefined ? UNKNOWN : fromGene(item);
  }
  if (gene.kind === "string" && name === "length") {
    return { kind: "gene", gene: { kind: "number", value: gene.value.length } };
  }
  return UNKNOWN;
}

/** A gene read back as a value: references and exports keep their meaning. */
export function fromGene(gene: ValueGene): Abstract {
  if (gene.kind === "ref") return { kind: "result", statement: gene.statement };
  if (gene.kind === "export") return { kind: "export", path: gene.path };
  return { kind: "gene", gene };
}

/** The statement that binds a value, recording an element's access on first use. */
export function toStatement(reader: Reader, value: Abstract): number | null {
  if (value.kind === "result") return value.statement;
  if (value.kind !== "element") return null;
  const key = `${value.statement}.${value.index}`;
  const known = reader.elements.get(key);
  const bound =
    known ??
    reader.recorder.add({ kind: "get", receiver: value.statement, name: String(value.index) });
  reader.elements.set(key, bound);
  return bound.kind === "result" ? bound.statement : null;
}

/** A value as an argument; what is not known becomes `undefined`. */
export function toGene(reader: Reader, value: Abstract): ValueGene {
  switch (value.kind) {
    case "gene":
      return value.gene;
    case "result":
    case "element": {
      const statement = toStatement(reader, value);
      return statement === null ? UNDEFINED_GENE : { kind: "ref", statement };
    }
    case "export":
      return { kind: "export", path: value.path };
    case "namespace":
      return { kind: "export", path: ["default"] as ExportPath };
    case "function":
      return { kind: "function", template: templateOf(reader, value.node, value.scope) };
    default:
      return UNDEFINED_GENE;
  }
}

function templateOf(
  reader: Reader,
  node: FunctionNode,
  scope: Scope,
): Extract<ValueGene, { kind: "function" }>["template"] {
  return toTemplate(node, (inner) => {
    const before = reader.recorder.statements.length;
    if (containsCall(inner)) return null;
    const value = evaluate(reader, inner, createScope(scope));
    const isConstant = value.kind === "gene" && reader.recorder.statements.length === before;
    return isConstant ? value.gene : null;
  });
}

function containsCall(node: Node): boolean {
  return node.type === "CallExpression" || node.type === "AwaitExpression";
}

function readAssignment(
  reader: Reader,
  node: Extract<Node, { type: "AssignmentExpression" }>,
  scope: Scope,
): Abstract {
  const value = evaluate(reader, node.right, scope);
  const left = node.left;
  if (node.operator !== "=") {
    if (left.type === "Identifier") scope.assign(left.name, UNKNOWN);
    return UNKNOWN;
  }
  if (left.type === "Identifier") scope.assign(left.name, value);
  else if (left.type === "MemberExpression") {
    const base = evaluate(reader, left.object, scope);
    const name = memberName(reader, left, scope);
    const receiver = toStatement(reader, base);
    if (receiver !== null && name !== null && name !== "__proto__") {
      reader.recorder.add({ kind: "set", receiver, name, value: toGene(reader, value) });
    }
  } else if (left.type === "ObjectPattern" || left.type === "ArrayPattern") {
    bindPattern(reader, left, value, scope, "assign");
  }
  return value;
}

/** Runs a function literal's body with its parameters bound, and answers what it returns. */
export function inlineFunction(
  reader: Reader,
  callable: Extract<Abstract, { kind: "function" }>,
  args: readonly Abstract[],
): Abstract {
  if (reader.depth > MAX_DEPTH - 8) return UNKNOWN;
  const scope = createScope(callable.scope);
  callable.node.params.forEach((param, index) => {
    if (param.type === "RestElement") {
      const items = args.slice(index).map((argument) => toGene(reader, argument));
      bindPattern(
        reader,
        param.argument,
        { kind: "gene", gene: { kind: "array", items } },
        scope,
        "declare",
      );
    } else if (param.type !== "TSParameterProperty") {
      bindPattern(reader, param, args[index] ?? UNKNOWN, scope, "declare");
    }
  });
  const { body } = callable.node;
  reader.depth += 4;
  try {
    return body.type === "BlockStatement"
      ? runStatements(reader, body.body, scope)
      : evaluate(reader, body, scope);
  } finally {
    reader.depth -= 4;
  }
}
