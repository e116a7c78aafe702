import type { ExportPath, FunctionTemplate, ValueGene } from "../../contract/program.ts";

/** Where a value finds what it refers to. */
export interface MaterialiseContext {
  readonly bindings: readonly unknown[];
  readonly resolveExport: (path: ExportPath) => unknown;
  /** Receives the arguments of each call of a spy. */
  readonly onSpy: (spy: object, args: readonly unknown[]) => void;
}

/** Builds a fresh value of a gene, as its printed expression would. */
export function materialise(gene: ValueGene, context: MaterialiseContext): unknown {
  const go = (inner: ValueGene): unknown => materialise(inner, context);
  switch (gene.kind) {
    case "undefined":
      return undefined;
    case "null":
      return null;
    case "boolean":
    case "string":
      return gene.value;
    case "number":
      return Number(gene.value);
    case "bigint":
      return BigInt(gene.value);
    case "symbol":
      return Symbol(gene.description);
    case "regexp":
      return new RegExp(gene.source, gene.flags);
    case "date":
      return new Date(Number(gene.epochMs));
    case "array":
      return gene.items.map(go);
    case "object":
      return toObject(gene.entries.map(([key, value]) => [key, go(value)] as const));
    case "map":
      return new Map(gene.entries.map(([key, value]) => [go(key), go(value)] as const));
    case "set":
      return new Set(gene.items.map(go));
    case "bytes":
      return toBytes(gene.type, gene.base64);
    case "typed-array":
      return toTypedArray(gene.type, gene.items);
    case "error":
      return toError(gene.type, gene.message);
    case "promise":
      return Promise.resolve(go(gene.value));
    case "rejected-promise":
      return Promise.reject(new Error(gene.message));
    case "iterable":
      return toIterable(gene.items.map(go));
    case "function":
      return toFunction(gene.template, context);
    case "ref":
      return context.bindings[gene.statement];
    case "export":
      return context.resolveExport(gene.path);
  }
}

function toObject(entries: readonly (readonly [string, unknown])[]): object {
  const object = {};
  for (const [key, value] of entries) {
    Object.defineProperty(object, key, {
      value,
      writable: true,
      enumerable: true,
      configurable: true,
    });
  }
  return object;
}

function toBytes(type: "Buffer" | "Uint8Array" | "ArrayBuffer", base64: string): unknown {
  const buffer = Buffer.from(base64, "base64");
  if (type === "Buffer") return buffer;
  const bytes = new Uint8Array(buffer);
  return type === "Uint8Array" ? bytes : bytes.buffer;
}

function toTypedArray(
  type: Extract<ValueGene, { kind: "typed-array" }>["type"],
  items: readonly number[],
): unknown {
  switch (type) {
    case "Int8Array":
      return Int8Array.from(items);
    case "Int32Array":
      return Int32Array.from(items);
    case "Float64Array":
      return Float64Array.from(items);
    case "Uint16Array":
      return Uint16Array.from(items);
    case "Uint32Array":
      return Uint32Array.from(items);
    case "Float32Array":
      return Float32Array.from(items);
  }
}

function toError(type: "Error" | "TypeError" | "RangeError", message: string): Error {
  if (type === "TypeError") return new TypeError(message);
  return type === "RangeError" ? new RangeError(message) : new Error(message);
}

function toIterable(items: readonly unknown[]): Iterable<unknown> {
  return (function* () {
    yield* items;
  })();
}

function toFunction(template: FunctionTemplate, context: MaterialiseContext): unknown {
  switch (template.kind) {
    case "constant": {
      const { value } = template;
      return () => materialise(value, context);
    }
    case "argument": {
      const { index } = template;
      return (...args: unknown[]) => args[index];
    }
    case "operator":
      return toOperator(template.operator);
    case "property": {
      const { name } = template;
      return (object: Record<string, unknown>) => object[name];
    }
    case "throws": {
      const { message } = template;
      return () => {
        throw new Error(message);
      };
    }
    case "async-constant": {
      const { value } = template;
      return async () => Promise.resolve(materialise(value, context));
    }
    case "calls-back": {
      const { error, value } = template;
      return (...args: unknown[]) => {
        const callback = args.findLast((arg) => typeof arg === "function") as
          ((...inner: unknown[]) => unknown) | undefined;
        return callback?.(
          error === null ? null : materialise(error, context),
          materialise(value, context),
        );
      };
    }
    case "spy": {
      const { returns } = template;
      const spy = (...args: unknown[]): unknown => {
        context.onSpy(spy, args);
        return materialise(returns, context);
      };
      return spy;
    }
  }
}

function toOperator(operator: "+" | "-" | "<" | ">" | "===" | "*"): unknown {
  // What `(a, b) => a + b` does in a test, on whatever it receives.
  type Pair = [never, never];
  switch (operator) {
    case "+":
      return (...[a, b]: Pair) => (a as number) + (b as number);
    case "-":
      return (...[a, b]: Pair) => (a as number) - (b as number);
    case "*":
      return (...[a, b]: Pair) => (a as number) * (b as number);
    case "<":
      return (...[a, b]: Pair) => (a as number) < (b as number);
    case ">":
      return (...[a, b]: Pair) => (a as number) > (b as number);
    case "===":
      return (...[a, b]: Pair) => a === b;
  }
}
