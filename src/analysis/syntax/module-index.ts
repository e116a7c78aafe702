import type { AssignmentExpression, CallExpression, Node } from "@babel/types";
import { isExportsObject, keyName, requiredSpecifier, unwrap } from "./names.ts";
import { findFirst, walk } from "./walk.ts";

/** A name that an import statement or destructured `require` bound. */
export interface ImportBinding {
  readonly specifier: string;
  /** Exported name, `*` for the namespace. */
  readonly name: string;
}

/** Where a file puts things: collected in one pass, by name alone. */
export interface ModuleIndex {
  /** First definition of each name, the outermost first. */
  readonly definitions: ReadonlyMap<string, Node>;
  readonly imports: ReadonlyMap<string, ImportBinding>;
  /** `X.y = value` → X → [y, value]. `exports` and `module.exports` are under `exports`. */
  readonly members: ReadonlyMap<string, readonly (readonly [string, Node])[]>;
  /** `X.prototype.y = value` and `X.prototype = {…}`. */
  readonly prototypes: ReadonlyMap<string, readonly (readonly [string, Node])[]>;
  /** `module.exports = value`, last one first. */
  readonly wholes: readonly Node[];
  /** Expressions whose members are copied onto `exports`: `Object.assign(exports, X)`, `for (k in X)`. */
  readonly copied: readonly Node[];
}

/** The name under which members of `exports` are collected. */
export const EXPORTS_NAME = "exports";

interface Draft {
  readonly definitions: Map<string, Node>;
  readonly imports: Map<string, ImportBinding>;
  readonly members: Map<string, (readonly [string, Node])[]>;
  readonly prototypes: Map<string, (readonly [string, Node])[]>;
  readonly wholes: Node[];
  readonly copied: Node[];
}

/** Collects definitions and assignments of a parsed program. */
export function indexModule(program: Node): ModuleIndex {
  const draft: Draft = {
    definitions: new Map(),
    imports: new Map(),
    members: new Map(),
    prototypes: new Map(),
    wholes: [],
    copied: [],
  };
  // Breadth-first over two passes would cost twice; depth order with "first wins" is right for
  // nearly all files, since inner names rarely shadow what a module exports.
  walk(program, (node) => {
    noteDefinition(draft, node);
    if (node.type === "AssignmentExpression") noteAssignment(draft, node);
    else if (node.type === "CallExpression") noteCall(draft, node);
    else if (node.type === "ForInStatement") noteLoop(draft, node.right, node.body);
    return undefined;
  });
  draft.wholes.reverse();
  return draft;
}

function noteDefinition(draft: Draft, node: Node): void {
  switch (node.type) {
    case "FunctionDeclaration":
    case "ClassDeclaration":
      if (node.id) define(draft, node.id.name, node);
      return;
    case "VariableDeclarator":
      noteVariable(draft, node.id, node.init ?? null);
      return;
    case "ImportDeclaration":
      for (const specifier of node.specifiers) {
        const name =
          specifier.type === "ImportDefaultSpecifier"
            ? "default"
            : specifier.type === "ImportNamespaceSpecifier"
              ? "*"
              : specifier.imported.type === "Identifier"
                ? specifier.imported.name
                : specifier.imported.value;
        draft.imports.set(specifier.local.name, { specifier: node.source.value, name });
      }
      return;
    case "TSImportEqualsDeclaration":
      if (node.moduleReference.type === "TSExternalModuleReference") {
        const specifier = node.moduleReference.expression.value;
        draft.imports.set(node.id.name, { specifier, name: "*" });
      }
      return;
    default:
  }
}

function noteVariable(draft: Draft, target: Node, init: Node | null): void {
  if (init === null) return;
  if (target.type === "Identifier") {
    const specifier = requiredSpecifier(unwrapInterop(init));
    if (specifier !== null) draft.imports.set(target.name, { specifier, name: "*" });
    else define(draft, target.name, init);
    return;
  }
  const specifier = requiredSpecifier(unwrap(init));
  if (target.type !== "ObjectPattern" || specifier === null) return;
  for (const property of target.properties) {
    if (property.type !== "ObjectProperty" || property.value.type !== "Identifier") continue;
    const name = keyName(property);
    if (name !== null) draft.imports.set(property.value.name, { specifier, name });
  }
}

/** `__importDefault(require("x"))`, `_interopRequireWildcard(require("x"))` stand for `require("x")`. */
export function unwrapInterop(node: Node): Node {
  const inner = unwrap(node);
  if (inner.type !== "CallExpression") return inner;
  const callee = inner.callee;
  const name =
    callee.type === "Identifier"
      ? callee.name
      : callee.type === "MemberExpression"
        ? (keyName(callee) ?? "")
        : "";
  const isInterop =
    /^_+(?:importDefault|importStar|interopRequire\w*|toESM|toCommonJS|interop\w*)$/.test(name);
  const argument = inner.arguments[0];
  return isInterop && argument !== undefined ? unwrapInterop(argument) : inner;
}

function define(draft: Draft, name: string, node: Node): void {
  if (!draft.definitions.has(name)) draft.definitions.set(name, node);
}

function noteAssignment(draft: Draft, node: AssignmentExpression): void {
  if (node.operator !== "=") return;
  const { left, right } = node;
  if (left.type === "Identifier") {
    define(draft, left.name, right);
    if (left.name === EXPORTS_NAME && !isExportsObject(unwrap(right))) draft.wholes.push(right);
    return;
  }
  if (left.type !== "MemberExpression") return;
  if (isExportsObject(left)) {
    draft.wholes.push(right);
    return;
  }
  const name = keyName(left);
  if (name === null) return;
  if (isExportsObject(left.object)) {
    append(draft.members, EXPORTS_NAME, [name, right]);
    return;
  }
  const owner = ownerName(left.object);
  if (owner === null) return;
  if (owner.isPrototype) append(draft.prototypes, owner.name, [name, right]);
  else if (name === "prototype") appendObject(draft, owner.name, right);
  else append(draft.members, owner.name, [name, right]);
}

/** `X`, or `X.prototype`, or the local alias of a prototype (`var p = X.prototype`). */
function ownerName(node: Node): { readonly name: string; readonly isPrototype: boolean } | null {
  if (node.type === "Identifier") return { name: node.name, isPrototype: false };
  if (node.type !== "MemberExpression" || keyName(node) !== "prototype") return null;
  return node.object.type === "Identifier" ? { name: node.object.name, isPrototype: true } : null;
}

function appendObject(draft: Draft, owner: string, value: Node): void {
  const object = unwrap(value);
  const literal =
    object.type === "ObjectExpression"
      ? object
      : object.type === "CallExpression"
        ? object.arguments
            .map((argument) => unwrap(argument))
            .find((a) => a.type === "ObjectExpression")
        : undefined;
  if (literal?.type !== "ObjectExpression") return;
  for (const property of literal.properties) {
    if (property.type === "SpreadElement") continue;
    const name = keyName(property);
    if (name === null) continue;
    const member = property.type === "ObjectMethod" ? property : property.value;
    append(draft.prototypes, owner, [name, member]);
  }
}

function append<K, V>(map: Map<K, V[]>, key: K, value: V): void {
  const list = map.get(key);
  if (list === undefined) map.set(key, [value]);
  else list.push(value);
}

function noteCall(draft: Draft, node: CallExpression): void {
  const [first, second, third] = node.arguments;
  if (first === undefined) return;
  const callee = node.callee;
  const name = callee.type === "MemberExpression" ? keyName(callee) : null;
  const bare = callee.type === "Identifier" ? callee.name : (name ?? "");
  if (name === "defineProperty" && second?.type === "StringLiteral" && third !== undefined) {
    noteDefined(draft, first, second.value, third);
  } else if (name === "assign" || bare === "extend") {
    for (const source of node.arguments.slice(1)) noteCopied(draft, first, source);
  } else if (/^_+exportStar$|^__export$|^_export(?:_star)?$|^__reExport$/.test(bare)) {
    noteExportHelper(draft, first, second);
  } else if (name === "forEach") {
    const keys = keysOf(callee.type === "MemberExpression" ? callee.object : first);
    if (keys !== null) noteLoop(draft, keys, first);
  }
}

/** `Object.keys(X)` → X. */
function keysOf(node: Node): Node | null {
  if (node.type !== "CallExpression" || node.callee.type !== "MemberExpression") return null;
  return keyName(node.callee) === "keys" ? (node.arguments[0] ?? null) : null;
}

function noteDefined(draft: Draft, target: Node, name: string, descriptor: Node): void {
  if (descriptor.type !== "ObjectExpression" || name === "__esModule") return;
  for (const property of descriptor.properties) {
    if (property.type === "SpreadElement") continue;
    const key = keyName(property);
    const value =
      key === "get"
        ? returnedBy(property.type === "ObjectMethod" ? property : property.value)
        : key === "value" && property.type === "ObjectProperty"
          ? property.value
          : null;
    if (value === null) continue;
    if (isExportsObject(target)) append(draft.members, EXPORTS_NAME, [name, value]);
    else {
      const owner = ownerName(target);
      const isAccessor = key === "get" && owner?.isPrototype === true;
      if (owner !== null && !isAccessor) {
        append(owner.isPrototype ? draft.prototypes : draft.members, owner.name, [name, value]);
      }
    }
  }
}

/** What a getter of a compiled re-export gives back: `function () { return a.b; }`. */
export function returnedBy(node: Node): Node | null {
  if (node.type === "ArrowFunctionExpression" && node.body.type !== "BlockStatement")
    return node.body;
  if (!("body" in node) || typeof node.body !== "object" || node.body === null) return null;
  const body = node.body as Node;
  if (body.type !== "BlockStatement") return null;
  const last = body.body.findLast((statement) => statement.type === "ReturnStatement");
  return last?.type === "ReturnStatement" ? (last.argument ?? null) : null;
}

function noteCopied(draft: Draft, target: Node, source: Node): void {
  if (isExportsObject(target)) {
    draft.copied.push(source);
    return;
  }
  const owner = ownerName(target);
  const literal = unwrap(source);
  if (owner === null || literal.type !== "ObjectExpression") return;
  for (const property of literal.properties) {
    if (property.type === "SpreadElement") continue;
    const name = keyName(property);
    const value = property.type === "ObjectMethod" ? property : property.value;
    const map = owner.isPrototype ? draft.prototypes : draft.members;
    if (name !== null) append(map, owner.name, [name, value]);
  }
}

/** Helpers of TypeScript, swc and esbuild that put names on an exports object. */
function noteExportHelper(draft: Draft, first: Node, second: Node | undefined): void {
  if (second === undefined) {
    draft.copied.push(first);
    return;
  }
  const isStar = isExportsObject(second);
  if (isStar) {
    draft.copied.push(first);
    return;
  }
  const getters = unwrap(second);
  if (getters.type !== "ObjectExpression") {
    if (isExportsObject(first)) draft.copied.push(second);
    return;
  }
  const owner = isExportsObject(first) ? EXPORTS_NAME : (ownerName(first)?.name ?? null);
  if (owner === null) return;
  for (const property of getters.properties) {
    if (property.type === "SpreadElement") continue;
    const name = keyName(property);
    const value = returnedBy(property.type === "ObjectMethod" ? property : property.value);
    if (name !== null && value !== null) append(draft.members, owner, [name, value]);
  }
}

/** `for (k in X) exports[k] = X[k]`, `Object.keys(X).forEach(k => { exports[k] = … })`. */
function noteLoop(draft: Draft, source: Node, body: Node): void {
  const copies = findFirst(body, (node) => {
    const isCopy =
      node.type === "AssignmentExpression" &&
      node.left.type === "MemberExpression" &&
      node.left.computed &&
      isExportsObject(node.left.object);
    const isDefine =
      node.type === "CallExpression" &&
      node.callee.type === "MemberExpression" &&
      keyName(node.callee) === "defineProperty" &&
      node.arguments[0] !== undefined &&
      isExportsObject(node.arguments[0]);
    return isCopy || isDefine ? true : null;
  });
  if (copies === true) draft.copied.push(source);
}
