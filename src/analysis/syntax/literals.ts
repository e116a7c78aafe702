import type { Node } from "@babel/types";
import type { ValueGene } from "../../contract/program.ts";
import { walk } from "./walk.ts";

/** Values worth passing, with how often each stands in the text. */
export interface LiteralCount {
  readonly gene: ValueGene;
  readonly count: number;
}

const MAX_STRING = 200;

/**
 * Strings, numbers, regular expressions, template pieces and object keys below `root`, most frequent
 * first, then in order of appearance. Import specifiers and directives are left out.
 */
export function collectLiterals(root: Node, limit: number): readonly LiteralCount[] {
  const found = new Map<string, { gene: ValueGene; count: number }>();
  const add = (gene: ValueGene): void => {
    const key = JSON.stringify(gene);
    const known = found.get(key);
    if (known === undefined) found.set(key, { gene, count: 1 });
    else known.count += 1;
  };
  walk(root, (node, parent) => {
    if (isModuleText(node, parent)) return false;
    for (const gene of genesOf(node)) add(gene);
    return undefined;
  });
  return [...found.values()].sort((a, b) => b.count - a.count).slice(0, limit);
}

function isModuleText(node: Node, parent: Node | null): boolean {
  if (node.type === "ImportDeclaration" || node.type === "ExportAllDeclaration") return true;
  if (node.type === "TSTypeAnnotation" || node.type === "TSTypeParameterInstantiation") return true;
  if (node.type === "Directive") return true;
  return (
    node.type === "StringLiteral" &&
    parent?.type === "CallExpression" &&
    parent.callee.type === "Identifier" &&
    parent.callee.name === "require"
  );
}

function genesOf(node: Node): readonly ValueGene[] {
  switch (node.type) {
    case "StringLiteral":
      return node.value.length <= MAX_STRING ? [{ kind: "string", value: node.value }] : [];
    case "NumericLiteral":
      return Number.isFinite(node.value) ? [{ kind: "number", value: node.value }] : [];
    case "BigIntLiteral":
      return [{ kind: "bigint", value: node.value }];
    case "UnaryExpression":
      return node.operator === "-" &&
        node.argument.type === "NumericLiteral" &&
        node.argument.value !== 0
        ? [{ kind: "number", value: -node.argument.value }]
        : [];
    case "RegExpLiteral":
      return [{ kind: "regexp", source: node.pattern, flags: node.flags }];
    case "TemplateElement": {
      const text = node.value.cooked ?? "";
      return text !== "" && text.length <= MAX_STRING ? [{ kind: "string", value: text }] : [];
    }
    default:
      return [];
  }
}

/** Regular expressions below `root`, `new RegExp("…")` included, without repeats. */
export function collectRegexes(
  root: Node,
  limit: number,
): readonly { readonly source: string; readonly flags: string }[] {
  const found = new Map<string, { readonly source: string; readonly flags: string }>();
  walk(root, (node) => {
    if (node.type === "RegExpLiteral") {
      found.set(`${node.pattern}/${node.flags}`, { source: node.pattern, flags: node.flags });
    } else if (
      (node.type === "NewExpression" || node.type === "CallExpression") &&
      node.callee.type === "Identifier" &&
      node.callee.name === "RegExp"
    ) {
      const [source, flags] = node.arguments;
      if (source?.type === "StringLiteral") {
        const text = flags?.type === "StringLiteral" ? flags.value : "";
        found.set(`${source.value}/${text}`, { source: source.value, flags: text });
      }
    }
    return undefined;
  });
  return [...found.values()].slice(0, limit);
}

const UNTELLING: ReadonlySet<string> = new Set([
  "prototype",
  "exports",
  "constructor",
  "__proto__",
  "default",
  "call",
  "apply",
  "bind",
]);

/** Counts property names read, written or declared below `root` into `counts`. */
export function countPropertyNames(root: Node, counts: Map<string, number>): void {
  walk(root, (node) => {
    let name: string | null = null;
    if (
      (node.type === "MemberExpression" || node.type === "OptionalMemberExpression") &&
      !node.computed &&
      node.property.type === "Identifier"
    ) {
      name = node.property.name;
    } else if (node.type === "ObjectProperty" && !node.computed) {
      name =
        node.key.type === "Identifier"
          ? node.key.name
          : node.key.type === "StringLiteral"
            ? node.key.value
            : null;
    }
    if (name !== null && name.length <= 60 && !UNTELLING.has(name)) {
      counts.set(name, (counts.get(name) ?? 0) + 1);
    }
    return undefined;
  });
}
