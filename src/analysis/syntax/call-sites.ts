import { posix } from "node:path";

import type { Node, Statement } from "@babel/types";
import { parseSource } from "./parse.ts";
import { walk } from "./walk.ts";

/** A longer statement says more than how something is called. */
const MOST_LENGTH = 300;

/** What is looked for. */
export interface CallSiteTarget {
  /** Project-relative file that callers import. */
  readonly module: string;
  /** Name that the package goes by among its users. */
  readonly packageName: string;
}

/**
 * How a file calls what a module exports: the calling statements, each cut to what has no body of its own. Only names
 * that the file imports from the module count, so that a file which does not import it has none.
 */
export function listCallSites(
  text: string,
  path: string,
  target: CallSiteTarget,
): readonly string[] {
  const outcome = parseSource(text, path);
  if (outcome.kind === "failed") return [];
  const names = new Set<string>();
  walk(outcome.file.program, (node) => {
    for (const name of toImported(node, path, target)) names.add(name);
    return undefined;
  });
  if (names.size === 0) return [];
  const sites: string[] = [];
  const statements = new Map<Node, Statement | null>();
  walk(outcome.file.program, (node, parent) => {
    const around = isStatement(node)
      ? node
      : parent === null
        ? null
        : (statements.get(parent) ?? null);
    statements.set(node, around);
    if (!isCall(node) || !names.has(toRootName(node.callee) ?? "")) return undefined;
    const site = cut(text, around, node);
    if (site !== null) sites.push(site);
    return undefined;
  });
  return [...new Set(sites)];
}

/** The statement where it is short and holds no body, else the call alone, else nothing. */
function cut(text: string, statement: Statement | null, call: Node): string | null {
  for (const node of [statement, call]) {
    if (node === null || holdsBody(node)) continue;
    const site = text.slice(node.start ?? 0, node.end ?? 0);
    if (site.length <= MOST_LENGTH) return site;
  }
  return null;
}

function holdsBody(node: Node): boolean {
  let isFound = false;
  walk(node, (inner) => {
    if (inner.type === "BlockStatement" || inner.type === "ClassBody") isFound = true;
    return !isFound;
  });
  return isFound;
}

type Call = Extract<Node, { type: "CallExpression" | "NewExpression" | "OptionalCallExpression" }>;

const isCall = (node: Node): node is Call =>
  node.type === "CallExpression" ||
  node.type === "NewExpression" ||
  node.type === "OptionalCallExpression";

const isStatement = (node: Node): node is Statement =>
  /(?:Statement|Declaration)$/u.test(node.type) && node.type !== "BlockStatement";

/** `a` of `a.b.c()`. */
function toRootName(callee: Node): string | null {
  let at = callee;
  while (at.type === "MemberExpression" || at.type === "OptionalMemberExpression") at = at.object;
  return at.type === "Identifier" ? at.name : null;
}

/** Names that an import, or a `require` that is bound to something, brings in from the module. */
function toImported(node: Node, path: string, target: CallSiteTarget): readonly string[] {
  if (node.type === "ImportDeclaration")
    return leadsTo(node.source.value, path, target)
      ? node.specifiers.map(({ local }) => local.name)
      : [];
  if (node.type !== "VariableDeclarator" || node.init == null) return [];
  const init = node.init.type === "AwaitExpression" ? node.init.argument : node.init;
  const call = init.type === "MemberExpression" ? init.object : init;
  if (call.type !== "CallExpression") return [];
  const isRequire =
    call.callee.type === "Import" ||
    (call.callee.type === "Identifier" && call.callee.name === "require");
  const [from] = call.arguments;
  if (!isRequire || from?.type !== "StringLiteral" || !leadsTo(from.value, path, target)) return [];
  const { id } = node;
  if (id.type === "Identifier") return [id.name];
  if (id.type !== "ObjectPattern") return [];
  return id.properties.flatMap((property) =>
    property.type === "ObjectProperty" && property.value.type === "Identifier"
      ? [property.value.name]
      : [],
  );
}

function leadsTo(
  specifier: string,
  path: string,
  { module, packageName }: CallSiteTarget,
): boolean {
  if (!specifier.startsWith("."))
    return specifier === packageName || specifier.startsWith(`${packageName}/`);
  const bare = (one: string): string =>
    one.replace(/\.[cm]?[jt]sx?$/u, "").replace(/(?:^|\/)index$/u, "");
  return bare(posix.join(posix.dirname(path), specifier)) === bare(module);
}
