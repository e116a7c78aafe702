import type { ExportPath, TestProgram, ValueGene } from "./program.ts";
import type { ModuleSystem } from "./project.ts";

/** A type as far as it helps to choose values and to judge results. */
export type TypeHint =
  | { readonly kind: "unknown" }
  | { readonly kind: "any" }
  | { readonly kind: "number" }
  | { readonly kind: "integer" }
  | { readonly kind: "string" }
  | { readonly kind: "boolean" }
  | { readonly kind: "bigint" }
  | { readonly kind: "symbol" }
  | { readonly kind: "null" }
  | { readonly kind: "undefined" }
  | { readonly kind: "void" }
  | { readonly kind: "never" }
  | { readonly kind: "literal"; readonly value: string | number | boolean }
  | { readonly kind: "regexp" }
  | { readonly kind: "date" }
  | { readonly kind: "error" }
  | { readonly kind: "bytes" }
  | { readonly kind: "typed-array"; readonly type: string }
  | { readonly kind: "array"; readonly of: TypeHint }
  | { readonly kind: "tuple"; readonly items: readonly TypeHint[] }
  | {
      readonly kind: "object";
      readonly properties: readonly {
        readonly name: string;
        readonly optional: boolean;
        readonly type: TypeHint;
      }[];
      /** Type of further string keys (`Record<string, T>`), or null. */
      readonly index: TypeHint | null;
    }
  | { readonly kind: "union"; readonly of: readonly TypeHint[] }
  | {
      readonly kind: "function";
      readonly params: readonly ParameterHint[];
      readonly returns: TypeHint;
    }
  | { readonly kind: "promise"; readonly of: TypeHint }
  | { readonly kind: "iterable"; readonly of: TypeHint; readonly isAsync: boolean }
  | { readonly kind: "map"; readonly key: TypeHint; readonly value: TypeHint }
  | { readonly kind: "set"; readonly of: TypeHint }
  /** An instance of a class that the module exports under `path`. */
  | { readonly kind: "instance"; readonly path: ExportPath; readonly className: string };

export interface ParameterHint {
  readonly name: string;
  readonly type: TypeHint;
  readonly optional: boolean;
  readonly rest: boolean;
}

/** What is known about one callable before anything runs. */
export interface CallableHint {
  /** Where it hangs: `["add"]`, `["Complex"]` (constructor), `["Complex", "prototype", "mul"]`. */
  readonly path: ExportPath;
  readonly kind: "function" | "constructor" | "method";
  /** One entry per overload, in source order; empty when nothing is known. */
  readonly signatures: readonly {
    readonly params: readonly ParameterHint[];
    readonly returns: TypeHint;
  }[];
  /** True when a declaration or JSDoc type stands behind the signatures (findings rely on it). */
  readonly isTyped: boolean;
  /** Literals that stand in its body, as values worth passing. */
  readonly literals: readonly ValueGene[];
  /** Where it is defined: project-relative file and 1-based line, when known. */
  readonly where: { readonly file: string; readonly line: number } | null;
  /** First sentence of its doc comment, or null. */
  readonly summary: string | null;
  /** Names of errors that its documentation says it throws. */
  readonly documentedThrows: readonly string[];
}

/** Analysis of one entry module. */
export interface ModuleModel {
  /** Project-relative POSIX path; what programs name as `module`. */
  readonly file: string;
  readonly system: ModuleSystem;
  readonly callables: readonly CallableHint[];
  /** Programs read off README and doc-comment examples; the search runs them first. */
  readonly seeds: readonly TestProgram[];
  /** Values that stand in documentation, type declarations, or anywhere in the sources: a shared pool. */
  readonly pool: readonly ValueGene[];
  /** Sources of regular expressions in the code, for generating matching strings. */
  readonly regexes: readonly { readonly source: string; readonly flags: string }[];
  /** Property names read or written in the sources, most frequent first; hints for untyped option objects. */
  readonly propertyNames: readonly string[];
}

/** What the target offers, from types, sources and documentation; no code was run for it. */
export interface ApiModel {
  readonly modules: readonly ModuleModel[];
}
