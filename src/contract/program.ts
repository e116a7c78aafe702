/**
 * The one tree that is executed, mutated, minimised and printed. A program is a list of statements;
 * each statement binds its result under its index, and later statements refer to it.
 * Everything is plain JSON so that it crosses processes and stands in artifacts.
 */

/** What a generated callback does when called. Each prints as a short arrow function. */
export type FunctionTemplate =
  /** `() => value` */
  | { readonly kind: "constant"; readonly value: ValueGene }
  /** `(a, b, …) => the argument at `index`` */
  | { readonly kind: "argument"; readonly index: number }
  /** `(a, b) => a OP b` */
  | { readonly kind: "operator"; readonly operator: "+" | "-" | "<" | ">" | "===" | "*" }
  /** `(x) => x.name` */
  | { readonly kind: "property"; readonly name: string }
  /** `() => { throw new Error(message) }` */
  | { readonly kind: "throws"; readonly message: string }
  /** `async () => value` */
  | { readonly kind: "async-constant"; readonly value: ValueGene }
  /** `(…args, callback) => callback(null, value)`: calls its last function argument. */
  | { readonly kind: "calls-back"; readonly error: ValueGene | null; readonly value: ValueGene }
  /** Records its arguments; the recording is observed as `calls`. */
  | { readonly kind: "spy"; readonly returns: ValueGene };

/** A value as an expression. Numbers that JSON cannot hold are written as text. */
export type ValueGene =
  | { readonly kind: "undefined" }
  | { readonly kind: "null" }
  | { readonly kind: "boolean"; readonly value: boolean }
  | { readonly kind: "number"; readonly value: number | "NaN" | "Infinity" | "-Infinity" | "-0" }
  | { readonly kind: "bigint"; readonly value: string }
  | { readonly kind: "string"; readonly value: string }
  | { readonly kind: "symbol"; readonly description: string }
  | { readonly kind: "regexp"; readonly source: string; readonly flags: string }
  | { readonly kind: "date"; readonly epochMs: number | "NaN" }
  | { readonly kind: "array"; readonly items: readonly ValueGene[] }
  | { readonly kind: "object"; readonly entries: readonly (readonly [string, ValueGene])[] }
  | { readonly kind: "map"; readonly entries: readonly (readonly [ValueGene, ValueGene])[] }
  | { readonly kind: "set"; readonly items: readonly ValueGene[] }
  | {
      readonly kind: "bytes";
      readonly type: "Buffer" | "Uint8Array" | "ArrayBuffer";
      readonly base64: string;
    }
  | {
      readonly kind: "typed-array";
      readonly type:
        | "Int8Array"
        | "Int32Array"
        | "Float64Array"
        | "Uint16Array"
        | "Uint32Array"
        | "Float32Array";
      readonly items: readonly number[];
    }
  | {
      readonly kind: "error";
      readonly type: "Error" | "TypeError" | "RangeError";
      readonly message: string;
    }
  | { readonly kind: "promise"; readonly value: ValueGene }
  | { readonly kind: "rejected-promise"; readonly message: string }
  | { readonly kind: "iterable"; readonly items: readonly ValueGene[] }
  | { readonly kind: "function"; readonly template: FunctionTemplate }
  /** The result of an earlier statement. */
  | { readonly kind: "ref"; readonly statement: number }
  /** A member of the target's module namespace; see {@link ExportPath}. */
  | { readonly kind: "export"; readonly path: ExportPath };

/**
 * A path from the module namespace: `["add"]`, `["Complex", "prototype"]`. For a CommonJS module
 * whose `module.exports` is itself the callable the path is `["default"]`; other names are properties of
 * `module.exports`. For ESM, names are export names and `default` the default export.
 */
export type ExportPath = readonly string[];

/** One step of a program. `awaits` awaits the result before binding it. */
export type Statement =
  | {
      readonly kind: "call";
      readonly callee: ExportPath;
      readonly args: readonly ValueGene[];
      readonly awaits: boolean;
    }
  | { readonly kind: "new"; readonly callee: ExportPath; readonly args: readonly ValueGene[] }
  | {
      readonly kind: "method";
      readonly receiver: number;
      readonly name: string;
      readonly args: readonly ValueGene[];
      readonly awaits: boolean;
    }
  | { readonly kind: "get"; readonly receiver: number; readonly name: string }
  | {
      readonly kind: "set";
      readonly receiver: number;
      readonly name: string;
      readonly value: ValueGene;
    }
  | {
      readonly kind: "call-value";
      readonly callee: number;
      readonly args: readonly ValueGene[];
      readonly awaits: boolean;
    }
  /** Collects up to `limit` items of a sync or async iterator into an array. */
  | {
      readonly kind: "iterate";
      readonly receiver: number;
      readonly limit: number;
      readonly awaits: boolean;
    }
  /**
   * Calls with a Node-style callback as last argument and binds what the callback received as
   * `[error, ...values]`; prints as a promise around the call.
   */
  | {
      readonly kind: "call-with-callback";
      readonly callee: ExportPath | { readonly receiver: number; readonly name: string };
      readonly args: readonly ValueGene[];
    }
  /** Waits for one named event of an emitter and binds its arguments as an array. */
  | { readonly kind: "wait-event"; readonly receiver: number; readonly event: string };

/** A candidate test body before it has assertions. */
export interface TestProgram {
  /** Project-relative POSIX path of the module whose namespace export paths start from. */
  readonly module: string;
  readonly statements: readonly Statement[];
  /**
   * True when the program runs in a temporary folder filled with the standard fixture
   * (see `FIXTURE_FILES`) as its current directory.
   */
  readonly usesFixture: boolean;
}

/** The files every fixture folder holds: path → content. A trailing slash makes an empty folder. */
export const FIXTURE_FILES: Readonly<Record<string, string>> = {
  "file.txt": "hello\nworld\n",
  "data.json": '{"name":"goose","count":2,"list":[1,2,3]}\n',
  "bad.json": "{not json",
  "dir/nested.txt": "nested\n",
  "dir/sub/deep.js": "module.exports = 1;\n",
  "empty/": "",
};
