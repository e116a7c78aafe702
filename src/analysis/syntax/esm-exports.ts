import type { Node } from "@babel/types";
import type { ModuleIndex } from "./module-index.ts";
import { type Shape, shapeOfName } from "./shapes.ts";

/** The names that one `export { … }` or `export const …` statement gives, with what stands behind them. */
export function namedExports(
  index: ModuleIndex,
  statement: Extract<Node, { type: "ExportNamedDeclaration" }>,
): readonly (readonly [string, Shape])[] {
  const { declaration, source } = statement;
  if (declaration)
    return declaredNames(declaration).map((name) => [name, shapeOfName(index, name)]);
  return statement.specifiers.flatMap((specifier): readonly (readonly [string, Shape])[] => {
    const exported =
      specifier.exported.type === "Identifier" ? specifier.exported.name : specifier.exported.value;
    if (specifier.type === "ExportNamespaceSpecifier") {
      return [[exported, { kind: "import", specifier: source?.value ?? "", name: "*" }]];
    }
    if (specifier.type !== "ExportSpecifier" || specifier.exportKind === "type") return [];
    const local = specifier.local.name;
    return [
      source
        ? [exported, { kind: "import", specifier: source.value, name: local }]
        : [exported, shapeOfName(index, local)],
    ];
  });
}

function declaredNames(declaration: Node): readonly string[] {
  switch (declaration.type) {
    case "FunctionDeclaration":
    case "ClassDeclaration":
      return declaration.id ? [declaration.id.name] : [];
    case "TSEnumDeclaration":
      return [declaration.id.name];
    case "VariableDeclaration":
      return declaration.declarations.flatMap(({ id }) => patternNames(id));
    default:
      return [];
  }
}

function patternNames(node: Node): readonly string[] {
  switch (node.type) {
    case "Identifier":
      return [node.name];
    case "ObjectPattern":
      return node.properties.flatMap((property) =>
        property.type === "RestElement"
          ? patternNames(property.argument)
          : property.value.type === "AssignmentPattern"
            ? patternNames(property.value.left)
            : patternNames(property.value),
      );
    case "ArrayPattern":
      return node.elements.flatMap((element) => (element === null ? [] : patternNames(element)));
    default:
      return [];
  }
}
