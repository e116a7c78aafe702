import type { NodePath } from "@babel/traverse";
import type { ImportDeclaration, Node, Program } from "@babel/types";

import type { InstrumentLibraries } from "./babel.ts";
import type { Pass } from "./generate-code.ts";

/** A pass that changes no behaviour; it has an answer once the passes have entered. */
export interface ErasurePass extends Pass {
  /** Whether the printed file becomes the JavaScript that TypeScript would make of it by deleting its types. */
  isErasable(): boolean;
}

/**
 * Says of a TypeScript module whether deleting types is all there is to do, and writes `type` before imports that
 * TypeScript would leave out because only types need them. In doubt the answer is no. It goes before all others:
 * what they insert has no types.
 */
export function createErasurePass({ types }: InstrumentLibraries): ErasurePass {
  let isErasable = false;
  return {
    enter(program) {
      const others: Node[] = [];
      types.traverseFast(program.node, (node) => {
        if (isMoreThanTypes(node)) others.push(node);
      });
      isErasable = others.length === 0 && keepsExports(program) && markTypeImports(program);
    },
    exit: () => undefined,
    isErasable: () => isErasable,
  };
}

/** What TypeScript compiles, or erases with more than its types; enums and the like are left to the eraser, which refuses them. */
function isMoreThanTypes(node: Node): boolean {
  switch (node.type) {
    case "Decorator":
    case "TSNamespaceExportDeclaration":
      return true;
    case "VariableDeclaration":
      return node.kind === "using" || node.kind === "await using" || node.declare === true;
    case "ClassDeclaration":
    case "TSDeclareFunction":
    case "TSModuleDeclaration":
      return node.declare === true;
    case "ClassProperty":
      return node.declare === true && node.computed;
    case "TSPropertySignature":
    case "TSMethodSignature":
      return node.computed === true;
    default:
      return false;
  }
}

/** True when something is exported for sure, so that the file stays a module, and each exported name is a value. */
function keepsExports(program: NodePath<Program>): boolean {
  let count = 0;
  for (const node of program.node.body) {
    if (node.type === "ExportAllDeclaration" && node.exportKind !== "type") count += 1;
    if (node.type === "ExportDefaultDeclaration") {
      const { declaration } = node;
      if (declaration.type === "Identifier" && !isValue(program, declaration.name)) return false;
      if (!declaration.type.startsWith("TS")) count += 1;
    }
    if (node.type !== "ExportNamedDeclaration" || node.exportKind === "type") continue;
    if (node.declaration != null) {
      if (!node.declaration.type.startsWith("TS")) count += 1;
      continue;
    }
    for (const specifier of node.specifiers) {
      if (specifier.type !== "ExportSpecifier") count += 1;
      else if (specifier.exportKind !== "type") {
        if (node.source == null && !isValue(program, specifier.local.name)) return false;
        count += 1;
      }
    }
  }
  return count > 0;
}

function isValue(program: NodePath<Program>, name: string): boolean {
  return program.scope.getOwnBinding(name) !== undefined;
}

/** False where one declaration would have to become two. */
function markTypeImports(program: NodePath<Program>): boolean {
  return program.node.body.every(
    (node) =>
      node.type !== "ImportDeclaration" || node.importKind === "type" || markImport(program, node),
  );
}

function markImport(program: NodePath<Program>, node: ImportDeclaration): boolean {
  const { specifiers } = node;
  // `import "./a.ts"` is there for what it does.
  if (specifiers.length === 0) return true;
  const unused = specifiers.filter(
    (one) =>
      (one.type === "ImportSpecifier" && one.importKind === "type") ||
      !isUsedAsValue(program, one.local.name),
  );
  if (unused.length < specifiers.length) {
    for (const one of unused) {
      if (one.type !== "ImportSpecifier") return false;
      one.importKind = "type";
    }
    return true;
  }
  const isMixed = specifiers.some((one) => one.type !== specifiers[0]?.type);
  if (isMixed) return false;
  for (const one of specifiers) if (one.type === "ImportSpecifier") one.importKind = "value";
  node.importKind = "type";
  return true;
}

function isUsedAsValue(program: NodePath<Program>, name: string): boolean {
  const references = program.scope.getOwnBinding(name)?.referencePaths ?? [];
  return references.some((path) => isValueUse(path));
}

/** Where TypeScript's own nodes have a value in them. */
const VALUE_PARENTS: ReadonlySet<string> = new Set([
  "TSAsExpression",
  "TSSatisfiesExpression",
  "TSNonNullExpression",
  "TSTypeAssertion",
  "TSInstantiationExpression",
]);

function isValueUse({ parent, parentPath }: NodePath): boolean {
  if (parent.type.startsWith("TS")) return VALUE_PARENTS.has(parent.type);
  if (parent.type !== "ExportSpecifier") return true;
  const declaration = parentPath?.parent;
  const isTypeOnly =
    declaration?.type === "ExportNamedDeclaration" && declaration.exportKind === "type";
  return parent.exportKind !== "type" && !isTypeOnly;
}
