import type ts from "typescript";
import type { TypeHint } from "../../contract/api-model.ts";

const UNKNOWN: TypeHint = { kind: "unknown" };
const TYPED_ARRAY =
  /^(?:Int8|Uint8Clamped|Int16|Uint16|Int32|Uint32|Float16|Float32|Float64|BigInt64|BigUint64)Array$/;

/** True when a symbol is declared by the language's or Node's own type libraries. */
export function isLibraryType(symbol: ts.Symbol): boolean {
  return (symbol.declarations ?? []).some((declaration) => {
    const path = declaration.getSourceFile().fileName;
    return /\/typescript\/lib\/lib\.[\w.]+\.d\.ts$/.test(path) || path.includes("/@types/node/");
  });
}

/** The hint for a type of the standard library; null when it has none of its own. */
export function libraryHint(name: string, argument: (index: number) => TypeHint): TypeHint | null {
  switch (name) {
    case "Array":
    case "ReadonlyArray":
    case "ConcatArray":
    case "ArrayLike":
      return { kind: "array", of: argument(0) };
    case "Promise":
    case "PromiseLike":
      return { kind: "promise", of: argument(0) };
    case "Map":
    case "ReadonlyMap":
      return { kind: "map", key: argument(0), value: argument(1) };
    case "Set":
    case "ReadonlySet":
      return { kind: "set", of: argument(0) };
    case "Iterable":
    case "Iterator":
    case "IterableIterator":
    case "IteratorObject":
    case "Generator":
    case "ArrayIterator":
      return { kind: "iterable", of: argument(0), isAsync: false };
    case "AsyncIterable":
    case "AsyncIterator":
    case "AsyncIterableIterator":
    case "AsyncIteratorObject":
    case "AsyncGenerator":
      return { kind: "iterable", of: argument(0), isAsync: true };
    case "Function":
    case "CallableFunction":
    case "NewableFunction":
      return { kind: "function", params: [], returns: UNKNOWN };
    case "String":
      return { kind: "string" };
    case "Number":
      return { kind: "number" };
    case "Boolean":
      return { kind: "boolean" };
    case "Symbol":
      return { kind: "symbol" };
    case "BigInt":
      return { kind: "bigint" };
    case "Object":
      return { kind: "object", properties: [], index: UNKNOWN };
    case "Date":
      return { kind: "date" };
    case "RegExp":
      return { kind: "regexp" };
    case "Buffer":
    case "Uint8Array":
    case "ArrayBuffer":
    case "SharedArrayBuffer":
    case "DataView":
      return { kind: "bytes" };
    default:
      if (/^(?:\w*Error|ErrnoException)$/.test(name)) return { kind: "error" };
      return TYPED_ARRAY.test(name) ? { kind: "typed-array", type: name } : null;
  }
}
