import type { CallExpression, Class, Node, ObjectExpression } from "@babel/types";
import { EXPORTS_NAME, type ModuleIndex, returnedBy, unwrapInterop } from "./module-index.ts";
import { isExportsObject, keyName, requiredSpecifier, unwrap } from "./names.ts";
import { findFirst, type FunctionNode, isFunctionNode } from "./walk.ts";

/** Members by name, worked out when first asked for: classes refer to their own instances. */
export type LazyMembers = () => ReadonlyMap<string, Shape>;

/** What an expression of a module is, as far as its syntax tells. */
export type Shape =
  | {
      readonly kind: "callable";
      /** Its code; null for a class without a constructor. */
      readonly node: FunctionNode | null;
      /** Where it stands, for doc comments. */
      readonly site: Node;
      readonly isClass: boolean;
      readonly name: string | null;
      readonly members: LazyMembers;
      readonly prototype: LazyMembers;
      readonly parent: Shape | null;
    }
  | { readonly kind: "object"; readonly members: LazyMembers; readonly spreads: readonly Shape[] }
  /** Something of another module; `name` is `*` for all of it. */
  | { readonly kind: "import"; readonly specifier: string; readonly name: string }
  | { readonly kind: "value" };

const VALUE: Shape = { kind: "value" };
const NO_MEMBERS: LazyMembers = () => new Map();
const MAX_DEPTH = 12;

/** Turns expressions of one module into shapes. */
export function toShape(index: ModuleIndex, node: Node, depth = 0): Shape {
  if (depth > MAX_DEPTH) return VALUE;
  const inner = unwrapInterop(node);
  if (isFunctionNode(inner)) return toCallable(index, inner, null, depth);
  switch (inner.type) {
    case "Identifier":
      return shapeOfName(index, inner.name, depth);
    case "ClassDeclaration":
    case "ClassExpression":
      return toClass(index, inner, null, depth);
    case "ObjectExpression":
      return toObject(index, inner, depth);
    case "AssignmentExpression":
      return toShape(index, inner.right, depth + 1);
    case "SequenceExpression":
      return toShape(index, inner.expressions.at(-1) ?? inner, depth + 1);
    case "ConditionalExpression":
      return firstUseful(index, [inner.consequent, inner.alternate], depth);
    case "LogicalExpression":
      return firstUseful(index, [inner.left, inner.right], depth);
    case "MemberExpression":
    case "OptionalMemberExpression":
      return memberOf(index, inner.object, keyName(inner), depth);
    case "NewExpression":
      return toInstance(toShape(index, inner.callee, depth + 1));
    case "CallExpression":
      return shapeOfCall(index, inner, depth);
    default:
      return VALUE;
  }
}

/** The shape that a local name stands for. */
export function shapeOfName(index: ModuleIndex, name: string, depth = 0): Shape {
  const imported = index.imports.get(name);
  if (imported !== undefined) return { kind: "import", ...imported };
  const definition = index.definitions.get(name);
  if (definition === undefined || depth > MAX_DEPTH) return VALUE;
  const inner = unwrapInterop(definition);
  if (isFunctionNode(inner)) return toCallable(index, inner, name, depth);
  if (inner.type === "ClassDeclaration" || inner.type === "ClassExpression") {
    return toClass(index, inner, name, depth);
  }
  const shape = toShape(index, inner, depth + 1);
  const added = index.members.get(name);
  if (added === undefined || shape.kind === "import") return shape;
  const members = lazily(() => toMembers(index, added, depth));
  return shape.kind === "value"
    ? { kind: "object", members, spreads: [] }
    : withMembers(shape, members);
}

/** The same shape with more members; later ones win. */
export function withMembers(shape: Shape, extra: LazyMembers): Shape {
  if (shape.kind !== "callable" && shape.kind !== "object") return shape;
  return { ...shape, members: lazily(() => [...shape.members(), ...extra()]) };
}

/** Computes once. */
export function lazily(compute: () => Iterable<readonly [string, Shape]>): LazyMembers {
  let known: ReadonlyMap<string, Shape> | null = null;
  return () => (known ??= new Map(compute()));
}

function toCallable(
  index: ModuleIndex,
  node: FunctionNode,
  alias: string | null,
  depth: number,
): Shape {
  const own = "id" in node && node.id ? node.id.name : null;
  const names = [...new Set([own, alias].filter((name): name is string => name !== null))];
  const added = names.flatMap((name) => index.members.get(name) ?? []);
  const methods = names.flatMap((name) => index.prototypes.get(name) ?? []);
  return {
    kind: "callable",
    node,
    site: node,
    isClass: methods.length > 0,
    name: own ?? alias,
    members: added.length === 0 ? NO_MEMBERS : lazily(() => toMembers(index, added, depth)),
    prototype: methods.length === 0 ? NO_MEMBERS : lazily(() => toMembers(index, methods, depth)),
    parent: null,
  };
}

function toMembers(
  index: ModuleIndex,
  entries: readonly (readonly [string, Node])[],
  depth: number,
): readonly (readonly [string, Shape])[] {
  return entries.map(([name, value]) => [name, toShape(index, value, depth + 1)] as const);
}

function toClass(index: ModuleIndex, node: Class, alias: string | null, depth: number): Shape {
  const name = node.id?.name ?? alias;
  const constructor = node.body.body.find(
    (member) => member.type === "ClassMethod" && member.kind === "constructor",
  );
  const added = name === null ? [] : (index.members.get(name) ?? []);
  const methods = name === null ? [] : (index.prototypes.get(name) ?? []);
  return {
    kind: "callable",
    node: constructor?.type === "ClassMethod" ? constructor : null,
    site: node,
    isClass: true,
    name,
    members: lazily(() => [
      ...classMembers(index, node, true, depth),
      ...toMembers(index, added, depth),
    ]),
    prototype: lazily(() => [
      ...classMembers(index, node, false, depth),
      ...toMembers(index, methods, depth),
    ]),
    parent: node.superClass ? toShape(index, node.superClass, depth + 1) : null,
  };
}

function classMembers(
  index: ModuleIndex,
  node: Class,
  isStatic: boolean,
  depth: number,
): readonly (readonly [string, Shape])[] {
  return node.body.body.flatMap((member): readonly (readonly [string, Shape])[] => {
    if (member.type !== "ClassMethod" && member.type !== "ClassProperty") return [];
    const key = keyName(member);
    if (key === null || member.static !== isStatic) return [];
    if (member.type === "ClassMethod") {
      return member.kind === "method" ? [[key, toCallable(index, member, null, depth + 1)]] : [];
    }
    const shape = member.value ? toShape(index, member.value, depth + 1) : VALUE;
    return shape.kind === "value" ? [] : [[key, shape]];
  });
}

function toObject(index: ModuleIndex, node: ObjectExpression, depth: number): Shape {
  const spreads = node.properties.flatMap((property) =>
    property.type === "SpreadElement" ? [toShape(index, property.argument, depth + 1)] : [],
  );
  return { kind: "object", members: lazily(() => objectMembers(index, node, depth)), spreads };
}

function objectMembers(
  index: ModuleIndex,
  node: ObjectExpression,
  depth: number,
): readonly (readonly [string, Shape])[] {
  return node.properties.flatMap((property): readonly (readonly [string, Shape])[] => {
    if (property.type === "SpreadElement") return [];
    const name = keyName(property);
    if (name === null) return [];
    if (property.type === "ObjectProperty")
      return [[name, toShape(index, property.value, depth + 1)]];
    const value = property.kind === "get" ? returnedBy(property) : property;
    return value === null || property.kind === "set"
      ? []
      : [[name, toShape(index, value, depth + 1)]];
  });
}

function firstUseful(index: ModuleIndex, nodes: readonly Node[], depth: number): Shape {
  for (const node of nodes) {
    const shape = toShape(index, node, depth + 1);
    if (shape.kind !== "value") return shape;
  }
  return VALUE;
}

function memberOf(index: ModuleIndex, object: Node, name: string | null, depth: number): Shape {
  if (name === null) return VALUE;
  if (isExportsObject(object)) {
    const own = index.members.get(EXPORTS_NAME)?.findLast(([key]) => key === name);
    return own === undefined ? VALUE : toShape(index, own[1], depth + 1);
  }
  const specifier = requiredSpecifier(unwrap(object));
  if (specifier !== null) return { kind: "import", specifier, name };
  const shape = toShape(index, object, depth + 1);
  if (shape.kind === "import") {
    return shape.name === "*" ? { ...shape, name } : VALUE;
  }
  return shape.kind === "value" ? VALUE : (shape.members().get(name) ?? VALUE);
}

/** An exported instance offers the methods of its class. */
function toInstance(shape: Shape): Shape {
  if (shape.kind !== "callable") return VALUE;
  return { kind: "object", members: shape.prototype, spreads: [] };
}

function shapeOfCall(index: ModuleIndex, node: CallExpression, depth: number): Shape {
  const specifier = requiredSpecifier(node);
  if (specifier !== null) return { kind: "import", specifier, name: "*" };
  const callee = unwrap(node.callee);
  if (isFunctionNode(callee)) return returnedShape(index, callee, depth);
  if (callee.type === "MemberExpression" && keyName(callee) === "call") {
    const called = unwrap(callee.object);
    if (isFunctionNode(called)) return returnedShape(index, called, depth);
  }
  if (isObjectHelper(callee)) {
    const parts = node.arguments.map((argument) => toShape(index, argument, depth + 1));
    return parts.length === 1
      ? (parts[0] ?? VALUE)
      : { kind: "object", members: NO_MEMBERS, spreads: parts };
  }
  // A wrapper (`promisify(fn)`, `memoize(fn)`) usually keeps the parameters of what it wraps.
  for (const argument of node.arguments) {
    const shape = toShape(index, argument, depth + 1);
    if (shape.kind === "callable" || (shape.kind === "import" && shape.specifier.startsWith("."))) {
      return shape;
    }
  }
  return callee.type === "Identifier" ? returnedByName(index, callee.name, depth) : VALUE;
}

function isObjectHelper(callee: Node): boolean {
  return (
    callee.type === "MemberExpression" &&
    callee.object.type === "Identifier" &&
    callee.object.name === "Object" &&
    ["freeze", "assign", "seal", "create"].includes(keyName(callee) ?? "")
  );
}

/** A factory of this module: `module.exports = create()`. */
function returnedByName(index: ModuleIndex, name: string, depth: number): Shape {
  const definition = index.definitions.get(name);
  return definition !== undefined && isFunctionNode(definition)
    ? returnedShape(index, definition, depth)
    : VALUE;
}

/** What a function gives back, where it is something with callables. */
export function returnedShape(index: ModuleIndex, node: FunctionNode, depth: number): Shape {
  const direct = returnedBy(node);
  if (direct !== null) return toShape(index, direct, depth + 1);
  return (
    findFirst(
      node.body,
      (inner) => {
        if (inner.type !== "ReturnStatement" || !inner.argument) return null;
        const shape = toShape(index, inner.argument, depth + 1);
        return shape.kind === "value" ? null : shape;
      },
      isFunctionNode,
    ) ?? VALUE
  );
}
