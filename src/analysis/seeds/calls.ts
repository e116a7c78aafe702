import type { CallExpression, NewExpression, Node, OptionalCallExpression } from "@babel/types";
import type { ExportPath, ValueGene } from "../../contract/program.ts";
import { keyName, unwrap } from "../syntax/names.ts";
import { type Abstract, createScope, type Scope, UNDEFINED_GENE, UNKNOWN } from "./abstract.ts";
import { builtinCall, builtinNew } from "./constants.ts";
import {
  type FunctionValue,
  itemsOf,
  type Reader,
  readMember,
  toGene,
  toStatement,
} from "./reader-core.ts";

const MAX_ITERATIONS = 8;
/** `function (err, data)`: a Node-style callback. */
const ERROR_NAME = /^_?(?:e|er|err|error|ex|exception)\d?$/i;
const LIST_METHODS: ReadonlySet<string> = new Set([
  "forEach",
  "map",
  "filter",
  "each",
  "some",
  "every",
]);

type Call = CallExpression | OptionalCallExpression;

/** Reads a call: of the module under test it is recorded, of anything else only its arguments matter. */
export function readCall(reader: Reader, node: Call, scope: Scope): Abstract {
  const callee = unwrap(node.callee);
  if (callee.type === "MemberExpression" || callee.type === "OptionalMemberExpression") {
    return readMemberCall(reader, node, callee, scope);
  }
  const target = reader.evaluate(callee, scope);
  if (target.kind === "unknown" && callee.type === "Identifier") {
    const args = evaluateArgs(reader, node.arguments, scope);
    const gene = builtinCall(
      null,
      callee.name,
      args.map((arg) => toGene(reader, arg)),
    );
    if (gene !== null) return { kind: "gene", gene };
    return visitUnknown(reader, args);
  }
  return callTarget(reader, target, node, scope);
}

function callTarget(reader: Reader, target: Abstract, node: Call, scope: Scope): Abstract {
  const args = evaluateArgs(reader, node.arguments, scope);
  switch (target.kind) {
    case "export":
      return recordCall(reader, target.path, args, node);
    case "namespace":
      return recordCall(reader, ["default"], args, node);
    case "sibling": {
      const whole = reader.surroundings.member(target, "default");
      return whole.kind === "export"
        ? recordCall(reader, whole.path, args, node)
        : visitUnknown(reader, args);
    }
    case "result":
    case "element": {
      const callee = toStatement(reader, target);
      const genes = toArguments(reader, args);
      if (callee === null || genes === null) return visitUnknown(reader, args);
      return reader.recorder.add({ kind: "call-value", callee, args: genes, awaits: false });
    }
    case "function":
      return reader.inline(target, args);
    default:
      return visitUnknown(reader, args);
  }
}

function readMemberCall(
  reader: Reader,
  node: Call,
  callee: Extract<Node, { type: "MemberExpression" | "OptionalMemberExpression" }>,
  scope: Scope,
): Abstract {
  const name = keyName(callee);
  const object = unwrap(callee.object);
  const base = reader.evaluate(object, scope);
  switch (base.kind) {
    case "namespace":
    case "export":
    case "sibling":
      return callTarget(reader, readMember(reader, base, name), node, scope);
    case "result":
    case "element":
      return name === null ? UNKNOWN : callMethod(reader, base, name, node, scope);
    case "gene":
      return callOnGene(reader, base.gene, name, node, scope);
    case "function":
      return name === "call"
        ? reader.inline(base, evaluateArgs(reader, node.arguments, scope).slice(1))
        : UNKNOWN;
    default: {
      const args = evaluateArgs(reader, node.arguments, scope);
      if (object.type === "Identifier" && name !== null) {
        const gene = builtinCall(
          object.name,
          name,
          args.map((arg) => toGene(reader, arg)),
        );
        if (gene !== null) return { kind: "gene", gene };
      }
      return visitUnknown(reader, args);
    }
  }
}

function callMethod(
  reader: Reader,
  base: Extract<Abstract, { kind: "result" | "element" }>,
  name: string,
  node: Call,
  scope: Scope,
): Abstract {
  const receiver = toStatement(reader, base);
  if (receiver === null) return UNKNOWN;
  const args = evaluateArgs(reader, node.arguments, scope);
  if (name === "then" || name === "catch" || name === "finally") {
    return readThen(reader, receiver, name, args);
  }
  const callback = reader.bareCall === node ? nodeCallback(args) : null;
  if (callback !== null) {
    const rest = toArguments(reader, args.slice(0, -1)) ?? [];
    return withCallback(
      reader,
      reader.recorder.add({ kind: "call-with-callback", callee: { receiver, name }, args: rest }),
      callback,
    );
  }
  const event = lifecycleEvent(name, args);
  if (event !== null) {
    const bound = reader.recorder.add({ kind: "wait-event", receiver, event });
    visitUnknown(reader, args);
    return bound.kind === "unknown" ? UNKNOWN : { kind: "result", statement: receiver };
  }
  const genes = toArguments(reader, args);
  if (genes === null) return visitUnknown(reader, args);
  return reader.recorder.add({ kind: "method", receiver, name, args: genes, awaits: false });
}

/** Events that come without further doing; waiting for any other could wait for ever. */
const LIFECYCLE = /^(?:load|loaded|ready|open|connect|end|finish|close|done|complete)$/;

/** The event of `emitter.on("load", () => …)`: what follows inside happens after it. */
function lifecycleEvent(name: string, args: readonly Abstract[]): string | null {
  const [event, handler] = args;
  if (!/^(?:on|once|addListener)$/.test(name) || handler?.kind !== "function") return null;
  if (event?.kind !== "gene" || event.gene.kind !== "string") return null;
  return LIFECYCLE.test(event.gene.value) ? event.gene.value : null;
}

/** `.then(f)` awaits the call before it; what `f` does with the value is read on. */
function readThen(
  reader: Reader,
  receiver: number,
  name: string,
  args: readonly Abstract[],
): Abstract {
  reader.recorder.markAwaited(receiver);
  const value: Abstract = { kind: "result", statement: receiver };
  const [handler] = args;
  if (handler?.kind !== "function") return value;
  const outcome = reader.inline(handler, name === "then" ? [value] : []);
  return outcome.kind === "unknown" ? value : outcome;
}

function recordCall(
  reader: Reader,
  callee: ExportPath,
  args: readonly Abstract[],
  node: Node,
): Abstract {
  const callback = reader.bareCall === node ? nodeCallback(args) : null;
  if (callback !== null) {
    const rest = toArguments(reader, args.slice(0, -1)) ?? [];
    const bound = reader.recorder.add({ kind: "call-with-callback", callee, args: rest });
    return withCallback(reader, bound, callback);
  }
  const genes = toArguments(reader, args);
  if (genes === null) return visitUnknown(reader, args);
  return reader.recorder.add({ kind: "call", callee, args: genes, awaits: false });
}

function nodeCallback(args: readonly Abstract[]): FunctionValue | null {
  const last = args.at(-1);
  if (last?.kind !== "function") return null;
  const [first] = last.node.params;
  return first?.type === "Identifier" && ERROR_NAME.test(first.name) ? last : null;
}

/** Reads the callback's body with its values bound to the elements of what it received. */
function withCallback(reader: Reader, bound: Abstract, callback: FunctionValue): Abstract {
  if (bound.kind !== "result") return UNKNOWN;
  const values = callback.node.params.map((_param, index): Abstract =>
    index === 0 ? UNKNOWN : { kind: "element", statement: bound.statement, index },
  );
  reader.inline(callback, values);
  return bound;
}

function callOnGene(
  reader: Reader,
  gene: ValueGene,
  name: string | null,
  node: Call,
  scope: Scope,
): Abstract {
  const args = evaluateArgs(reader, node.arguments, scope);
  const items = itemsOf(gene);
  const [handler] = args;
  if (items === null || name === null || !LIST_METHODS.has(name) || handler?.kind !== "function") {
    return visitUnknown(reader, args);
  }
  const outcomes = items
    .slice(0, MAX_ITERATIONS)
    .map((item, index) =>
      reader.inline(handler, [item, { kind: "gene", gene: { kind: "number", value: index } }]),
    );
  if (name !== "map") return UNKNOWN;
  return {
    kind: "gene",
    gene: { kind: "array", items: outcomes.map((outcome) => toGene(reader, outcome)) },
  };
}

function evaluateArgs(reader: Reader, nodes: readonly Node[], scope: Scope): readonly Abstract[] {
  return nodes.slice(0, 20).flatMap((node): readonly Abstract[] => {
    if (node.type !== "SpreadElement") return [reader.evaluate(node, scope)];
    const spread = reader.evaluate(node.argument, scope);
    return spread.kind === "gene" ? (itemsOf(spread.gene) ?? []) : [];
  });
}

/** Null when nothing about the arguments is known, so that the call would say nothing. */
function toArguments(reader: Reader, args: readonly Abstract[]): readonly ValueGene[] | null {
  if (args.length > 0 && args.every((arg) => arg.kind === "unknown" || isBlankValue(arg)))
    return null;
  return args.map((arg) => toGene(reader, arg));
}

/** `{ re: real, im: imaginary }` of a syntax description: nothing but names that mean nothing. */
function isBlankValue(value: Abstract): boolean {
  return value.kind === "gene" && isBlankGene(value.gene);
}

function isBlankGene(gene: ValueGene): boolean {
  if (gene.kind !== "array" && gene.kind !== "object") return false;
  const parts = gene.kind === "array" ? gene.items : gene.entries.map(([, part]) => part);
  return parts.length > 0 && parts.every((part) => part.kind === "undefined" || isBlankGene(part));
}

/** A call of something else (`test`, `describe`, `console.log`): functions passed to it are read once. */
function visitUnknown(reader: Reader, args: readonly Abstract[]): Abstract {
  for (const arg of args) {
    if (arg.kind === "function") reader.inline({ ...arg, scope: createScope(arg.scope) }, []);
  }
  return UNKNOWN;
}

/** Reads `new X(…)`. */
export function readNew(reader: Reader, node: NewExpression, scope: Scope): Abstract {
  const callee = unwrap(node.callee);
  const args = evaluateArgs(reader, node.arguments, scope);
  const target = reader.evaluate(callee, scope);
  const path = constructorPath(reader, target);
  if (path !== null) {
    const genes = toArguments(reader, args);
    return genes === null
      ? UNKNOWN
      : reader.recorder.add({ kind: "new", callee: path, args: genes });
  }
  if (callee.type !== "Identifier" || scope.lookup(callee.name) !== null)
    return visitUnknown(reader, args);
  const gene = builtinNew(
    callee.name,
    args.map((arg) => toGene(reader, arg)),
  );
  if (gene !== null) return { kind: "gene", gene };
  if (callee.name === "Date" && args.length === 0)
    return { kind: "gene", gene: { kind: "date", epochMs: 0 } };
  return callee.name === "Array"
    ? { kind: "gene", gene: UNDEFINED_GENE }
    : visitUnknown(reader, args);
}

function constructorPath(reader: Reader, target: Abstract): ExportPath | null {
  if (target.kind === "export") return target.path;
  if (target.kind === "namespace") return ["default"];
  if (target.kind !== "sibling") return null;
  const whole = reader.surroundings.member(target, "default");
  return whole.kind === "export" ? whole.path : null;
}
