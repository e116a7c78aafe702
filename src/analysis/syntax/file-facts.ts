import type { CallExpression, File, Node, Program } from "@babel/types";
import { walk } from "./walk.ts";

/** What one parse of a source file tells about how it is loaded. */
export interface FileFacts {
  readonly hasEsmSyntax: boolean;
  readonly hasCommonJsExports: boolean;
  /** True when importing the file can give something to call. */
  readonly exportsSomething: boolean;
  /** Specifiers of static imports, re-exports, literal `require`s and `import()`s, in source order. */
  readonly specifiers: readonly string[];
  /** Other string literals that start with `./` or `../`: worker entries, lazy tables of modules. */
  readonly pathLikeLiterals: readonly string[];
  /** True when some `require(x)` or `import(x)` has no literal argument. */
  readonly loadsDynamically: boolean;
  /** False when the file has enums, namespaces, parameter properties, decorators, `import =` or JSX. */
  readonly isErasable: boolean;
}

/** Facts for a file that was not parsed (too large or broken): scanned by regular expression. */
export function scanFacts(text: string): FileFacts {
  const specifiers = [
    ...text.matchAll(/(?:require\(|from|import\(?)\s*["']([^"'\n]{1,200})["']/g),
  ].map((match) => match[1] ?? "");
  const hasEsmSyntax = /^[ \t]*(?:export\s|import\s[^(])/m.test(text);
  const hasCommonJsExports = /\bmodule\s*\.\s*exports\b|\bexports\s*\.\s*\w/.test(text);
  return {
    hasEsmSyntax,
    hasCommonJsExports,
    exportsSomething: hasCommonJsExports || /^[ \t]*export\s/m.test(text),
    specifiers: [...new Set(specifiers)],
    pathLikeLiterals: [],
    loadsDynamically: true,
    isErasable: true,
  };
}

/** Reads the facts off a parsed file. */
export function readFacts(file: File): FileFacts {
  const specifiers = new Set<string>();
  const pathLike = new Set<string>();
  const flags = { commonJs: false, exports: false, dynamic: false, erasable: true };
  const program: Program = file.program;
  const hasEsmSyntax = program.body.some(isModuleSyntax);
  walk(program, (node) => {
    if (isNonErasable(node)) flags.erasable = false;
    noteExports(node, flags);
    noteSpecifier(node, specifiers, flags);
    if (node.type === "StringLiteral" && /^\.\.?\//.test(node.value)) pathLike.add(node.value);
    return undefined;
  });
  return {
    hasEsmSyntax,
    hasCommonJsExports: flags.commonJs,
    exportsSomething: flags.exports || flags.commonJs,
    specifiers: [...specifiers],
    pathLikeLiterals: [...pathLike].filter((literal) => !specifiers.has(literal)),
    loadsDynamically: flags.dynamic,
    isErasable: flags.erasable,
  };
}

function isModuleSyntax(node: Node): boolean {
  return (
    node.type === "ImportDeclaration" ||
    node.type === "ExportNamedDeclaration" ||
    node.type === "ExportDefaultDeclaration" ||
    node.type === "ExportAllDeclaration"
  );
}

function noteExports(node: Node, flags: { commonJs: boolean; exports: boolean }): void {
  switch (node.type) {
    case "ExportAllDeclaration":
      if (node.exportKind !== "type") flags.exports = true;
      return;
    case "ExportDefaultDeclaration":
      flags.exports = true;
      return;
    case "ExportNamedDeclaration": {
      const declared = node.declaration?.type;
      const isTypeOnly =
        node.exportKind === "type" ||
        declared === "TSInterfaceDeclaration" ||
        declared === "TSTypeAliasDeclaration";
      if (!isTypeOnly && (declared !== undefined || node.specifiers.length > 0))
        flags.exports = true;
      return;
    }
    case "TSExportAssignment":
      flags.exports = true;
      return;
    case "MemberExpression":
      if (isModuleExports(node)) flags.commonJs = true;
      else if (node.object.type === "Identifier" && node.object.name === "exports") {
        flags.commonJs = true;
      }
      return;
    case "CallExpression":
      // `__exportStar(require("./a"), exports)`, `factory(exports)`.
      if (node.arguments.some((item) => item.type === "Identifier" && item.name === "exports")) {
        flags.commonJs = true;
      }
      return;
    default:
  }
}

/** `module.exports` or `module["exports"]`. */
export function isModuleExports(node: Node): boolean {
  if (node.type !== "MemberExpression") return false;
  if (node.object.type !== "Identifier" || node.object.name !== "module") return false;
  if (node.property.type === "Identifier" && !node.computed)
    return node.property.name === "exports";
  return node.property.type === "StringLiteral" && node.property.value === "exports";
}

function noteSpecifier(node: Node, specifiers: Set<string>, flags: { dynamic: boolean }): void {
  switch (node.type) {
    case "ImportDeclaration":
      if (node.importKind !== "type") specifiers.add(node.source.value);
      return;
    case "ExportAllDeclaration":
    case "ExportNamedDeclaration":
      if (node.exportKind !== "type" && node.source) specifiers.add(node.source.value);
      return;
    case "TSExternalModuleReference":
      specifiers.add(node.expression.value);
      return;
    case "CallExpression":
      noteCall(node, specifiers, flags);
      return;
    case "ImportExpression":
      if (node.source.type === "StringLiteral") specifiers.add(node.source.value);
      else flags.dynamic = true;
      return;
    default:
  }
}

function noteCall(
  node: CallExpression,
  specifiers: Set<string>,
  flags: { dynamic: boolean },
): void {
  const isRequire = node.callee.type === "Identifier" && node.callee.name === "require";
  if (!isRequire && node.callee.type !== "Import") return;
  const argument = node.arguments[0];
  if (argument?.type === "StringLiteral") specifiers.add(argument.value);
  else if (argument !== undefined) flags.dynamic = true;
}

function isNonErasable(node: Node): boolean {
  switch (node.type) {
    case "TSEnumDeclaration":
    case "TSImportEqualsDeclaration":
    case "TSExportAssignment":
    case "TSParameterProperty":
    case "Decorator":
    case "JSXElement":
    case "JSXFragment":
      return node.type !== "TSEnumDeclaration" || node.declare !== true;
    case "TSModuleDeclaration":
      return node.declare !== true && node.kind !== "global";
    default:
      return false;
  }
}
