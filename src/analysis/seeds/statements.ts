import type { ForOfStatement, ImportDeclaration, Node, Statement } from "@babel/types";
import { keyName, unwrap } from "../syntax/names.ts";
import { type Abstract, createScope, type Scope, UNKNOWN } from "./abstract.ts";
import { itemsOf, type Reader, readMember } from "./reader-core.ts";

const MAX_ITERATIONS = 8;

/**
 * Reads statements in order and answers the value of the last `return`. Control flow is flattened: each
 * branch is read once, a loop over a literal list is read for its first items.
 */
export function runStatements(
  reader: Reader,
  statements: readonly Statement[],
  scope: Scope,
): Abstract {
  hoist(statements, scope);
  let returned: Abstract = UNKNOWN;
  for (const statement of statements) {
    const value = runStatement(reader, statement, scope);
    if (value.kind !== "unknown") returned = value;
  }
  return returned;
}

function hoist(statements: readonly Statement[], scope: Scope): void {
  for (const statement of statements) {
    if (statement.type === "FunctionDeclaration" && statement.id) {
      scope.declare(statement.id.name, { kind: "function", node: statement, scope });
    }
  }
}

function runStatement(reader: Reader, statement: Statement, scope: Scope): Abstract {
  switch (statement.type) {
    case "ExpressionStatement":
      reader.bareCall = unwrap(statement.expression);
      reader.evaluate(statement.expression, scope);
      return UNKNOWN;
    case "VariableDeclaration":
      for (const { id, init } of statement.declarations) {
        const value = init ? reader.evaluate(init, scope) : UNKNOWN;
        bindPattern(reader, id, value, scope, "declare");
      }
      return UNKNOWN;
    case "ReturnStatement":
      return statement.argument ? reader.evaluate(statement.argument, scope) : UNKNOWN;
    case "ThrowStatement":
      reader.evaluate(statement.argument, scope);
      return UNKNOWN;
    case "BlockStatement":
      return runStatements(reader, statement.body, createScope(scope));
    case "IfStatement":
      reader.evaluate(statement.test, scope);
      return runEach(reader, [statement.consequent, statement.alternate], scope);
    case "TryStatement":
      return runEach(reader, [statement.block, statement.finalizer], scope);
    case "ForOfStatement":
      return runForOf(reader, statement, scope);
    case "ForStatement":
    case "ForInStatement":
    case "WhileStatement":
    case "DoWhileStatement":
      if (statement.type === "ForStatement" && statement.init?.type === "VariableDeclaration") {
        const inner = createScope(scope);
        runStatement(reader, statement.init, inner);
        return runEach(reader, [statement.body], inner);
      }
      return runEach(reader, [statement.body], scope);
    case "LabeledStatement":
      return runStatement(reader, statement.body, scope);
    case "ImportDeclaration":
      bindImport(reader, statement, scope);
      return UNKNOWN;
    case "ExportNamedDeclaration":
      if (statement.declaration) runStatement(reader, statement.declaration, scope);
      return UNKNOWN;
    case "ClassDeclaration":
      if (statement.id) scope.declare(statement.id.name, UNKNOWN);
      return UNKNOWN;
    default:
      return UNKNOWN;
  }
}

function runEach(
  reader: Reader,
  statements: readonly (Statement | null | undefined)[],
  scope: Scope,
): Abstract {
  let returned: Abstract = UNKNOWN;
  for (const statement of statements) {
    if (statement === null || statement === undefined) continue;
    const value = runStatement(reader, statement, createScope(scope));
    if (value.kind !== "unknown") returned = value;
  }
  return returned;
}

function runForOf(reader: Reader, statement: ForOfStatement, scope: Scope): Abstract {
  const list = reader.evaluate(statement.right, scope);
  const items = list.kind === "gene" ? itemsOf(list.gene) : null;
  const target =
    statement.left.type === "VariableDeclaration"
      ? statement.left.declarations[0]?.id
      : statement.left;
  for (const item of (items ?? [UNKNOWN]).slice(0, MAX_ITERATIONS)) {
    const inner = createScope(scope);
    if (target !== undefined) bindPattern(reader, target, item, inner, "declare");
    runStatement(reader, statement.body, inner);
  }
  return UNKNOWN;
}

/** Binds the names of a pattern to the parts of a value. */
export function bindPattern(
  reader: Reader,
  pattern: Node,
  value: Abstract,
  scope: Scope,
  mode: "declare" | "assign",
): void {
  switch (pattern.type) {
    case "Identifier":
      scope[mode](pattern.name, value);
      return;
    case "AssignmentPattern": {
      const isMissing =
        value.kind === "unknown" || (value.kind === "gene" && value.gene.kind === "undefined");
      const chosen = isMissing ? reader.evaluate(pattern.right, scope) : value;
      bindPattern(reader, pattern.left, chosen, scope, mode);
      return;
    }
    case "ObjectPattern":
      for (const property of pattern.properties) {
        if (property.type === "RestElement") {
          bindPattern(reader, property.argument, UNKNOWN, scope, mode);
          continue;
        }
        const name = keyName(property);
        bindPattern(reader, property.value, readMember(reader, value, name), scope, mode);
      }
      return;
    case "ArrayPattern":
      pattern.elements.forEach((element, index) => {
        if (element === null || element.type === "RestElement") return;
        bindPattern(reader, element, readMember(reader, value, String(index)), scope, mode);
      });
      return;
    default:
  }
}

function bindImport(reader: Reader, statement: ImportDeclaration, scope: Scope): void {
  if (statement.importKind === "type") return;
  const module = reader.surroundings.module(statement.source.value, reader.file);
  for (const specifier of statement.specifiers) {
    if (specifier.type === "ImportNamespaceSpecifier") scope.declare(specifier.local.name, module);
    else if (specifier.type === "ImportDefaultSpecifier") {
      scope.declare(specifier.local.name, readDefault(reader, module));
    } else {
      const { imported } = specifier;
      const name = imported.type === "Identifier" ? imported.name : imported.value;
      scope.declare(specifier.local.name, readMember(reader, module, name));
    }
  }
}

function readDefault(reader: Reader, module: Abstract): Abstract {
  return module.kind === "namespace" || module.kind === "sibling"
    ? reader.surroundings.member(module, "default")
    : module;
}
