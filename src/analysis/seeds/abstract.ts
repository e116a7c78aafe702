import type { ExportPath, Statement, ValueGene } from "../../contract/program.ts";
import type { FunctionNode } from "../syntax/walk.ts";

/** What static reading knows of an expression's value. */
export type Abstract =
  /** The module under test as a whole. */
  | { readonly kind: "namespace" }
  | { readonly kind: "export"; readonly path: ExportPath }
  /** Another file of the project; its members stand for exports of the same name. */
  | { readonly kind: "sibling"; readonly name: string }
  | { readonly kind: "gene"; readonly gene: ValueGene }
  /** The value that a recorded statement binds. */
  | { readonly kind: "result"; readonly statement: number }
  /** An element of an array that a recorded statement binds; recorded when it is used. */
  | { readonly kind: "element"; readonly statement: number; readonly index: number }
  | { readonly kind: "function"; readonly node: FunctionNode; readonly scope: Scope }
  | { readonly kind: "unknown" };

export const UNKNOWN: Abstract = { kind: "unknown" };
export const UNDEFINED_GENE: ValueGene = { kind: "undefined" };

/** Names visible at one place of a snippet. */
export interface Scope {
  lookup(name: string): Abstract | null;
  declare(name: string, value: Abstract): void;
  /** Assigns where the name was declared, else here. */
  assign(name: string, value: Abstract): void;
}

export function createScope(parent: Scope | null): Scope {
  const names = new Map<string, Abstract>();
  return {
    lookup: (name) => names.get(name) ?? parent?.lookup(name) ?? null,
    declare: (name, value) => {
      names.set(name, value);
    },
    assign: (name, value) => {
      if (names.has(name) || parent?.lookup(name) == null) names.set(name, value);
      else parent.assign(name, value);
    },
  };
}

type Mutable<T> = { -readonly [K in keyof T]: T[K] };
/** A statement whose `awaits` may still be switched on by a later `await` or `.then`. */
type DraftStatement = {
  [K in Statement["kind"]]: Mutable<Extract<Statement, { kind: K }>>;
}[Statement["kind"]];

/** Statements recorded so far, in order. */
export interface Recorder {
  readonly statements: readonly Statement[];
  /** Appends and answers the value it binds; `unknown` once full. */
  add(statement: Statement): Abstract;
  /** Marks a recorded call as awaited. */
  markAwaited(statement: number): void;
}

export function createRecorder(limit: number): Recorder {
  const statements: DraftStatement[] = [];
  return {
    statements: statements,
    add: (statement) => {
      if (statements.length >= limit) return UNKNOWN;
      statements.push({ ...statement });
      return { kind: "result", statement: statements.length - 1 };
    },
    markAwaited: (index) => {
      const statement = statements[index];
      if (statement !== undefined && "awaits" in statement) statement.awaits = true;
    },
  };
}

const MAX_GENE_SIZE = 2_000;
const sizes = new WeakMap<ValueGene, number>();

/** Lists made of lists made of lists share their parts in memory but not when written: too large ones are dropped. */
export function limitSize(gene: ValueGene): ValueGene {
  const parts =
    gene.kind === "array"
      ? gene.items
      : gene.kind === "object"
        ? gene.entries.map(([, part]) => part)
        : [];
  const size = parts.reduce((sum, part) => sum + (sizes.get(part) ?? 1), 1);
  if (size > MAX_GENE_SIZE) return UNDEFINED_GENE;
  sizes.set(gene, size);
  return gene;
}
