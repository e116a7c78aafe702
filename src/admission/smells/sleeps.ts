import type { Node } from "@babel/types";
import type { Scope } from "./scope.ts";
import { toConstant } from "./scope.ts";
import { toChain, walk } from "./syntax.ts";

const TIMERS = new Set(["setTimeout", "setInterval"]);
const WAITERS = /^(?:sleep|delay|wait|pause|waitFor|timeout)(?:Ms|Millis|Seconds)?$/i;

/** How a test waits for time to pass, or null. Turning the event loop (`setImmediate`, 0 ms) is no wait. */
export function toSleep(body: Node, scope: Scope, fileText: string): string | null {
  let found: string | null = null;
  walk(body, (node) => {
    if (found !== null) return "skip";
    if (isBusyWait(node)) found = "waits in a loop that reads the clock";
    if (node.type !== "CallExpression") return "go-on";
    const chain = toChain(node.callee);
    const name = chain.at(-1) ?? "";
    if (TIMERS.has(name) && waits(node, chain, scope)) found = `waits with ${name}`;
    else if (chain.join(".") === "Atomics.wait") found = "waits with Atomics.wait";
    else if (chain.length === 1 && WAITERS.test(name) && isOwnWaiter(name, scope, fileText)) {
      found = `waits with ${name}`;
    }
    return "go-on";
  });
  return found;
}

const CLOCK = /^(?:Date\.now|performance\.now|process\.(?:uptime|hrtime(?:\.bigint)?))$/;

/** `while (Date.now() < until);` */
function isBusyWait(node: Node): boolean {
  if (
    node.type !== "WhileStatement" &&
    node.type !== "DoWhileStatement" &&
    node.type !== "ForStatement"
  )
    return false;
  let readsClock = false;
  if (node.test != null) {
    walk(node.test, (inner) => {
      if (inner.type === "CallExpression")
        readsClock ||= CLOCK.test(toChain(inner.callee).join("."));
      return "go-on";
    });
  }
  return readsClock;
}

const CHANCE = /^(?:Math\.random|(?:\w+\.)?(?:randomUUID|randomBytes|randomInt|getRandomValues))$/;

/** How a test draws what nobody can draw again, or null. */
export function toChance(body: Node): string | null {
  let found: string | null = null;
  walk(body, (node) => {
    const chain = node.type === "CallExpression" ? toChain(node.callee).join(".") : "";
    if (CHANCE.test(chain)) found ??= `draws with ${chain}`;
    return "go-on";
  });
  return found;
}

function waits(
  call: Node & { type: "CallExpression" },
  chain: readonly string[],
  scope: Scope,
): boolean {
  const [first, second] = call.arguments;
  // `setTimeout(5)` is the promise of node:timers/promises; on a receiver it may be the target's own.
  const delay = first !== undefined && isNumber(first, scope) ? first : second;
  if (delay === undefined) return false;
  if (chain.length > 1 && !/^(?:global|globalThis|timers\w*|window)$/.test(chain[0] ?? "")) {
    return false;
  }
  const constant = toConstant(delay, scope);
  return constant?.kind === "primitive" ? Number(constant.value) > 0 : true;
}

function isNumber(node: Node, scope: Scope): boolean {
  const constant = toConstant(node, scope);
  return constant?.kind === "primitive" && typeof constant.value === "number";
}

/** A target may well export `delay`; only a waiter that the test or its file makes counts. */
function isOwnWaiter(name: string, scope: Scope, fileText: string): boolean {
  if (scope.locals.has(name)) return true;
  const declared = new RegExp(
    `function\\s+${name}\\b|(?:const|let|var)\\s+${name}\\s*=(?!\\s*(?:await\\s+)?(?:require|import)\\b)`,
  );
  const aliased = new RegExp(`setTimeout(?:\\s+as|:)\\s+${name}\\b`);
  return declared.test(fileText) || aliased.test(fileText);
}
