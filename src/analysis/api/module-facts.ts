import type { ValueGene } from "../../contract/program.ts";
import type { ProjectContext } from "../project/project-context.ts";
import { collectLiterals, collectRegexes, countPropertyNames } from "../syntax/literals.ts";
import { keyName } from "../syntax/names.ts";
import { isFunctionNode, walk, type FunctionNode } from "../syntax/walk.ts";
import type { Node } from "@babel/types";
import { literalsOf } from "./implementations.ts";
import type { NamedFunction } from "./merge-callables.ts";

/** What all files behind one entry hold together. */
export interface ModuleFacts {
  readonly regexes: readonly { readonly source: string; readonly flags: string }[];
  readonly propertyNames: readonly string[];
  /** Functions whose name is unique among the files. */
  readonly functionsByName: ReadonlyMap<string, NamedFunction>;
  /** True when some file imports `fs` or a package made for files. */
  readonly usesFiles: boolean;
  /** The pool: documentation values, literals of types, then literals of the sources. */
  pool(
    documentation: readonly ValueGene[],
    typeLiterals: readonly (string | number)[],
  ): readonly ValueGene[];
}

const MAX_POOL = 600;
const MAX_REGEXES = 200;
const MAX_NAMES = 300;
const FILE_MODULES =
  /^(?:node:)?fs(?:\/promises)?$|^(?:graceful-fs|fs-extra|jsonfile|glob|rimraf|mkdirp)$/;

/** Collects literals, regular expressions and names over the given files. */
export async function collectModuleFacts(
  context: ProjectContext,
  files: readonly string[],
): Promise<ModuleFacts> {
  const literals = new Map<string, { gene: ValueGene; count: number }>();
  const regexes = new Map<string, { readonly source: string; readonly flags: string }>();
  const names = new Map<string, number>();
  const functions = new Map<string, NamedFunction | null>();
  let usesFiles = false;
  for (const path of files) {
    const { ast, facts } = await context.index.get(path);
    if (facts.specifiers.some((specifier) => FILE_MODULES.test(specifier))) usesFiles = true;
    if (ast === null) continue;
    for (const { gene, count } of collectLiterals(ast.program, MAX_POOL)) {
      const key = JSON.stringify(gene);
      const known = literals.get(key);
      if (known === undefined) literals.set(key, { gene, count });
      else known.count += count;
    }
    for (const regex of collectRegexes(ast.program, MAX_REGEXES)) {
      regexes.set(`${regex.source}/${regex.flags}`, regex);
    }
    countPropertyNames(ast.program, names);
    nameFunctions(ast.program, path, functions);
  }
  const ranked = [...literals.values()].sort((a, b) => b.count - a.count).map(({ gene }) => gene);
  return {
    usesFiles,
    regexes: [...regexes.values()].slice(0, MAX_REGEXES),
    propertyNames: [...names]
      .sort((a, b) => b[1] - a[1])
      .map(([name]) => name)
      .slice(0, MAX_NAMES),
    functionsByName: new Map(
      [...functions].filter((entry): entry is [string, NamedFunction] => entry[1] !== null),
    ),
    pool: (documentation, typeLiterals) =>
      uniqueGenes([
        ...documentation,
        ...typeLiterals.map((value): ValueGene =>
          typeof value === "string" ? { kind: "string", value } : { kind: "number", value },
        ),
        ...ranked,
      ]).slice(0, MAX_POOL),
  };
}

function uniqueGenes(genes: readonly ValueGene[]): readonly ValueGene[] {
  return [...new Map(genes.map((gene) => [JSON.stringify(gene), gene])).values()];
}

/** Null marks a name that stands for several functions. */
function nameFunctions(
  program: Node,
  file: string,
  functions: Map<string, NamedFunction | null>,
): void {
  walk(program, (node, parent) => {
    if (!isFunctionNode(node)) return undefined;
    const name = nameOf(node, parent);
    if (name === null) return undefined;
    functions.set(
      name,
      functions.has(name)
        ? null
        : { literals: literalsOf(node), where: { file, line: node.loc?.start.line ?? 1 } },
    );
    return undefined;
  });
}

function nameOf(node: FunctionNode, parent: Node | null): string | null {
  if ("id" in node && node.id) return node.id.name;
  if (node.type === "ObjectMethod" || node.type === "ClassMethod") return keyName(node);
  switch (parent?.type) {
    case "VariableDeclarator":
      return parent.id.type === "Identifier" ? parent.id.name : null;
    case "ObjectProperty":
      return keyName(parent);
    case "AssignmentExpression":
      if (parent.left.type === "Identifier") return parent.left.name;
      return parent.left.type === "MemberExpression" ? keyName(parent.left) : null;
    default:
      return null;
  }
}
