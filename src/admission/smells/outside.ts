import type { Node } from "@babel/types";
import { toNames } from "./scope.ts";
import { toChain, unwrap, walk } from "./syntax.ts";

/** Modules of Node through which a test leaves its process. */
const WAYS_OUT = new Set(
  "child_process cluster dgram dns dns/promises http http2 https inspector net repl tls worker_threads".split(
    " ",
  ),
);
const FILE_MODULES = new Set(["fs", "fs/promises"]);
const OUT_OF_PROCESS =
  /^(?:globalThis\.|global\.)?process\.(?:env|exit|kill|abort|binding|dlopen|mainModule)(?:\.|$)/;
const CONNECTS = /^(?:globalThis\.|global\.)?(?:fetch|WebSocket|EventSource|XMLHttpRequest)$/;
/** Who runs the tests, and where they live. */
const ASKS_WHO = /^(?:\w+\.)?(?:homedir|userInfo|networkInterfaces)$/;
const HOST_PATH = /^(?:\/(?!$)|~\/|[A-Z]:[\\/])/;

/**
 * Why a test looks beyond the code under test, at secrets, processes or the network of whoever runs it, or null. The
 * sandbox stops it here; in the user's own test run nothing would. An import alone is nothing: its name has to be used.
 *
 * @param roots trees of the test and of what stands around it.
 * @param bound names that the file binds itself: its own `fetch` is no way out.
 */
export function findWayOut(roots: readonly Node[], bound: ReadonlySet<string>): string | null {
  const names = new Map<string, string>();
  for (const root of roots) collectNames(root, names);
  const ways: string[] = [];
  const opened = new Set<string>();
  const paths: string[] = [];
  for (const root of roots) {
    walk(root, (node) => {
      if (node.type === "ImportDeclaration") return "skip";
      const name = toModuleName(node);
      if (name !== null && WAYS_OUT.has(name) && !isTopRequire(node, root))
        ways.push(`imports ${name}`);
      if (node.type === "Identifier") {
        const module = names.get(node.name) ?? "";
        if (WAYS_OUT.has(module) && !isDeclaration(node, root)) ways.push(`uses ${module}`);
        if (FILE_MODULES.has(module)) opened.add(module);
      }
      if (node.type === "StringLiteral" && HOST_PATH.test(node.value)) paths.push(node.value);
      const use = toGlobalUse(node, bound);
      if (use !== null) ways.push(use);
      return "go-on";
    });
  }
  const [path] = paths;
  if (opened.size > 0 && path !== undefined) ways.push(`opens files, and names ${path}`);
  return ways[0] ?? null;
}

/** Names that stand for modules of Node, by their imports and top `require`s. */
function collectNames(root: Node, names: Map<string, string>): void {
  for (const statement of root.type === "Program" ? root.body : []) {
    if (statement.type === "ImportDeclaration") {
      const module = statement.source.value.replace(/^node:/, "");
      for (const { local } of statement.specifiers) names.set(local.name, module);
    } else if (statement.type === "VariableDeclaration") {
      for (const { id, init } of statement.declarations) {
        const module = init == null ? null : toModuleName(unwrap(init));
        if (module !== null) for (const name of toNames(id)) names.set(name, module);
      }
    }
  }
}

/** A `require` that only gives a name: whether the name is used shows elsewhere. */
function isTopRequire(node: Node, root: Node): boolean {
  return (
    root.type === "Program" &&
    root.body.some(
      (statement) =>
        statement.type === "VariableDeclaration" &&
        statement.declarations.some(({ init }) => init != null && unwrap(init) === node),
    )
  );
}

function isDeclaration(node: Node, root: Node): boolean {
  return (
    root.type === "Program" &&
    root.body.some(
      (statement) =>
        statement.type === "VariableDeclaration" &&
        statement.declarations.some(
          ({ id }) => (id.start ?? 0) <= (node.start ?? 0) && (node.end ?? 0) <= (id.end ?? 0),
        ),
    )
  );
}

function toModuleName(node: Node): string | null {
  let source: Node | null = null;
  if (node.type === "ImportExpression") source = node.source;
  if (node.type === "CallExpression") {
    const callee = node.callee.type === "Import" ? "import" : toChain(node.callee).join(".");
    const first = node.arguments[0];
    if (
      first !== undefined &&
      /^(?:import|(?:module\.)?require|process\.getBuiltinModule)$/.test(callee)
    ) {
      source = first;
    }
  }
  if (source === null) return null;
  const inner = unwrap(source);
  return inner.type === "StringLiteral" ? inner.value.replace(/^node:/, "") : null;
}

function toGlobalUse(node: Node, bound: ReadonlySet<string>): string | null {
  if (node.type === "MemberExpression" || node.type === "OptionalMemberExpression") {
    const chain = toChain(node).join(".");
    return !bound.has("process") && OUT_OF_PROCESS.test(chain) ? `uses ${chain}` : null;
  }
  if (node.type !== "CallExpression" && node.type !== "NewExpression") return null;
  const chain = toChain(node.callee).join(".");
  if (ASKS_WHO.test(chain)) return `asks ${chain}`;
  return CONNECTS.test(chain) && !bound.has(chain) ? `connects through ${chain}` : null;
}
