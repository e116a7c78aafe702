import type {
  CallExpression,
  NewExpression,
  Node,
  OptionalCallExpression,
  Statement,
} from "@babel/types";
import type { ExportPath, ValueGene } from "../../contract/program.ts";
import type { FunctionNode } from "../syntax/walk.ts";
import {
  type Abstract,
  createScope,
  type Recorder,
  type Scope,
  UNDEFINED_GENE,
  UNKNOWN,
} from "./abstract.ts";
import { toTemplate } from "./templates.ts";

/** What names outside a snippet mean. */
export interface Surroundings {
  /** What `require(specifier)` or an import of it gives. */
  module(specifier: string, fromFile: string): Abstract;
  /** What an identifier means that the snippet itself does not declare; `unknown` for the rest. */
  name(identifier: string): Abstract;
  /** The member of an export or of the namespace. */
  member(base: Abstract, name: string): Abstract;
}

/** How deep evaluation may nest. */
export const MAX_DEPTH: number = 60;

/** A snippet being read: everything evaluation needs. */
export interface Reader {
  readonly recorder: Recorder;
  readonly surroundings: Surroundings;
  readonly file: string;
  /** Counts down; evaluation answers `unknown` at zero. */
  steps: number;
  depth: number;
  /** Elements already recorded: `statement.index` → value. */
  readonly elements: Map<string, Abstract>;
  /** The call whose result nobody uses: only there a trailing `(err, …) =>` is a callback that gets called. */
  bareCall: Node | null;
  /** Evaluates an expression as far as it can be known, recording the calls of the module on the way. */
  evaluate(node: Node, scope: Scope): Abstract;
  /** Runs statements in order and answers what they return. */
  run(statements: readonly Statement[], scope: Scope): Abstract;
  /** Runs a function literal's body with its parameters bound, and answers what it returns. */
  inline(callable: FunctionValue, args: readonly Abstract[]): Abstract;
  call(node: CallExpression | OptionalCallExpression, scope: Scope): Abstract;
  construct(node: NewExpression, scope: Scope): Abstract;
  bind(pattern: Node, value: Abstract, scope: Scope, mode: "declare" | "assign"): void;
}

export type FunctionValue = Extract<Abstract, { kind: "function" }>;

/** Reads `base.name`; on a recorded result it becomes a statement of its own. */
export function readMember(reader: Reader, base: Abstract, name: string | null): Abstract {
  // `x.should` belongs to an assertion library, not to the value.
  if (name === null || name === "should") return UNKNOWN;
  switch (base.kind) {
    case "namespace":
    case "export":
    case "sibling":
      return reader.surroundings.member(base, name);
    case "result":
    case "element": {
      const receiver = toStatement(reader, base);
      return receiver === null ? UNKNOWN : reader.recorder.add({ kind: "get", receiver, name });
    }
    case "gene":
      return memberOfGene(base.gene, name);
    default:
      return UNKNOWN;
  }
}

function memberOfGene(gene: ValueGene, name: string): Abstract {
  if (gene.kind === "object") {
    const entry = gene.entries.findLast(([key]) => key === name);
    return entry === undefined ? UNKNOWN : fromGene(entry[1]);
  }
  if (gene.kind === "array") {
    if (name === "length")
      return { kind: "gene", gene: { kind: "number", value: gene.items.length } };
    const item = /^\d+$/.test(name) ? gene.items[Number(name)] : undefined;
    return item === undefined ? UNKNOWN : fromGene(item);
  }
  if (gene.kind === "string" && name === "length") {
    return { kind: "gene", gene: { kind: "number", value: gene.value.length } };
  }
  return UNKNOWN;
}

/** A gene read back as a value: references and exports keep their meaning. */
export function fromGene(gene: ValueGene): Abstract {
  if (gene.kind === "ref") return { kind: "result", statement: gene.statement };
  if (gene.kind === "export") return { kind: "export", path: gene.path };
  return { kind: "gene", gene };
}

/** The statement that binds a value, recording an element's access on first use. */
export function toStatement(reader: Reader, value: Abstract): number | null {
  if (value.kind === "result") return value.statement;
  if (value.kind !== "element") return null;
  const key = `${value.statement}.${value.index}`;
  const known = reader.elements.get(key);
  const bound =
    known ??
    reader.recorder.add({ kind: "get", receiver: value.statement, name: String(value.index) });
  reader.elements.set(key, bound);
  return bound.kind === "result" ? bound.statement : null;
}

/** A value as an argument; what is not known becomes `undefined`. */
export function toGene(reader: Reader, value: Abstract): ValueGene {
  switch (value.kind) {
    case "gene":
      return value.gene;
    case "result":
    case "element": {
      const statement = toStatement(reader, value);
      return statement === null ? UNDEFINED_GENE : { kind: "ref", statement };
    }
    case "export":
      return { kind: "export", path: value.path };
    case "namespace":
      return { kind: "export", path: ["default"] as ExportPath };
    case "function":
      return { kind: "function", template: templateOf(reader, value.node, value.scope) };
    default:
      return UNDEFINED_GENE;
  }
}

function templateOf(
  reader: Reader,
  node: FunctionNode,
  scope: Scope,
): Extract<ValueGene, { kind: "function" }>["template"] {
  return toTemplate(node, (inner) => {
    const before = reader.recorder.statements.length;
    if (containsCall(inner)) return null;
    const value = reader.evaluate(inner, createScope(scope));
    const isConstant = value.kind === "gene" && reader.recorder.statements.length === before;
    return isConstant ? value.gene : null;
  });
}

function containsCall(node: Node): boolean {
  return node.type === "CallExpression" || node.type === "AwaitExpression";
}

/** Items of a literal list, entries of a literal map; null for anything else. */
export function itemsOf(gene: ValueGene): readonly Abstract[] | null {
  if (gene.kind === "array" || gene.kind === "set") return gene.items.map(fromGene);
  if (gene.kind !== "map") return null;
  return gene.entries.map(([key, value]) => ({
    kind: "gene",
    gene: { kind: "array", items: [key, value] },
  }));
}
