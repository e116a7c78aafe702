import type { CallableHint } from "../../contract/api-model.ts";

/** One entry module whose types are wanted. */
export interface TypeEntry {
  /** Project-relative file of the entry. */
  readonly file: string;
  /** Absolute path of the declaration file that describes it, or of the entry itself. */
  readonly typesPath: string;
  /** The JavaScript source, where its JSDoc types may know what the declarations leave out. */
  readonly sourcePath: string | null;
  /** Names under which an ambient `declare module` may describe it. */
  readonly moduleNames: readonly string[];
}

export interface TypeRequest {
  /** Absolute root; together with `dependencyPaths` the only folders that are read. */
  readonly root: string;
  readonly dependencyPaths: readonly string[];
  readonly entries: readonly TypeEntry[];
  /** True when `@types/node` should be loaded. */
  readonly needsNodeTypes: boolean;
  /** Files larger than this are not given to the checker, bytes. */
  readonly maxFileBytes: number;
}

/** What the worker is started with. */
export interface TypeJob {
  readonly request: TypeRequest;
  /** Folder of Node's compile cache; null where this process uses none. */
  readonly compileCache: string | null;
}

/** What the checker says of one callable; `hints` of literals and guesses are added later. */
export type TypedCallable = Pick<
  CallableHint,
  "path" | "kind" | "signatures" | "isTyped" | "where" | "summary" | "documentedThrows"
>;

/** Messages from the worker: `ready` once TypeScript is loaded, then one per entry, then `done`. */
export type TypeMessage =
  | { readonly kind: "ready" }
  | {
      readonly kind: "entry";
      readonly file: string;
      readonly callables: readonly TypedCallable[];
      /** Strings and numbers that literal types name. */
      readonly literals: readonly (string | number)[];
    }
  | { readonly kind: "problem"; readonly file: string; readonly message: string }
  | { readonly kind: "done" };
