import type { Node } from "@babel/types";
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
const HOST_PATH = /^(?:\/(?!$)|~\/|[A-Z]:[\\/])/;

/**
 * Why a test looks beyond the code under test, at secrets, processes or the network of whoever runs it, or null. The
 * sandbox stops it here; in the user's own test run nothing would.
 *
 * @param roots trees of the test and of what stands around it.
 * @param bound names that the file binds itself: its own `fetch` is no way out.
 */
export function findWayOut(roots: readonly Node[], bound: ReadonlySet<string>): string | null {
  const ways: string[] = [];
  const modules = new Set<string>();
  const paths: string[] = [];
  for (const root of roots) {
    walk(root, (node) => {
      const name = toModuleName(node);
      if (name !== null) modules.add(name);
      if (name !== null && WAYS_OUT.has(name)) ways.push(`imports ${name}`);
      if (node.type === "StringLiteral" && HOST_PATH.test(node.value)) paths.push(node.value);
      const use = toGlobalUse(node, bound);
      if (use !== null) ways.push(use);
      return "go-on";
    });
  }
  const [path] = paths;
  const usesFiles = [...FILE_MODULES].some((name) => modules.has(name));
  if (usesFiles && path !== undefined) ways.push(`opens files, and names ${path}`);
  return ways[0] ?? null;
}

function toModuleName(node: Node): string | null {
  let source: Node | null = null;
  if (node.type === "ImportDeclaration") source = node.source;
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
  return CONNECTS.test(chain) && !bound.has(chain) ? `connects through ${chain}` : null;
}
