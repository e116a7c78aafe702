import fc from "fast-check";

import type { TypeHint } from "../../../../src/contract/api-model.ts";
import type { FunctionTemplate, ValueGene } from "../../../../src/contract/program.ts";

const name = fc.constantFrom("a", "b", "id", "name", "options", "cb", "path");

/** Any type hint, nested a few levels. */
export const typeHint: fc.Arbitrary<TypeHint> = fc.letrec<{ hint: TypeHint }>((tie) => ({
  hint: fc.oneof(
    { depthSize: "small", withCrossShrink: true },
    fc.constantFrom<TypeHint>(
      { kind: "unknown" },
      { kind: "any" },
      { kind: "number" },
      { kind: "integer" },
      { kind: "string" },
      { kind: "boolean" },
      { kind: "bigint" },
      { kind: "symbol" },
      { kind: "null" },
      { kind: "undefined" },
      { kind: "void" },
      { kind: "never" },
      { kind: "literal", value: "x" },
      { kind: "literal", value: 3 },
      { kind: "literal", value: true },
      { kind: "regexp" },
      { kind: "date" },
      { kind: "error" },
      { kind: "bytes" },
      { kind: "typed-array", type: "Float64Array" },
      { kind: "typed-array", type: "Uint8Array" },
      { kind: "instance", path: ["Complex"], className: "Complex" },
    ),
    tie("hint").map((of): TypeHint => ({ kind: "array", of })),
    tie("hint").map((of): TypeHint => ({ kind: "promise", of })),
    tie("hint").map((of): TypeHint => ({ kind: "set", of })),
    fc
      .tuple(tie("hint"), fc.boolean())
      .map(([of, isAsync]): TypeHint => ({ kind: "iterable", of, isAsync })),
    fc
      .tuple(tie("hint"), tie("hint"))
      .map(([key, value]): TypeHint => ({ kind: "map", key, value })),
    fc.array(tie("hint"), { maxLength: 3 }).map((items): TypeHint => ({ kind: "tuple", items })),
    fc.array(tie("hint"), { maxLength: 3 }).map((of): TypeHint => ({ kind: "union", of })),
    fc
      .tuple(
        fc.array(fc.tuple(name, fc.boolean(), tie("hint")), { maxLength: 3 }),
        fc.option(tie("hint")),
      )
      .map(([properties, index]): TypeHint => ({
        kind: "object",
        properties: properties.map(([key, optional, type]) => ({ name: key, optional, type })),
        index,
      })),
    fc
      .tuple(fc.array(fc.tuple(name, tie("hint")), { maxLength: 3 }), tie("hint"))
      .map(([params, returns]): TypeHint => ({
        kind: "function",
        params: params.map(([key, type]) => ({ name: key, type, optional: false, rest: false })),
        returns,
      })),
  ),
})).hint;

/** Any value gene, nested a few levels. */
export const valueGene: fc.Arbitrary<ValueGene> = fc.letrec<{
  gene: ValueGene;
  template: FunctionTemplate;
}>((tie) => ({
  gene: fc.oneof(
    { depthSize: "small", withCrossShrink: true },
    fc.constantFrom<ValueGene>(
      { kind: "undefined" },
      { kind: "null" },
      { kind: "symbol", description: "tag" },
      { kind: "number", value: "NaN" },
      { kind: "number", value: "-0" },
      { kind: "number", value: "Infinity" },
      { kind: "number", value: "-Infinity" },
      { kind: "date", epochMs: "NaN" },
      { kind: "ref", statement: 0 },
      { kind: "ref", statement: 3 },
      { kind: "export", path: ["Complex"] },
      { kind: "bytes", type: "Buffer", base64: "aGVsbG8gd29ybGQ=" },
      { kind: "rejected-promise", message: "x" },
      { kind: "typed-array", type: "Int8Array", items: [5, 7, 9] },
      { kind: "error", type: "TypeError", message: "no" },
      { kind: "regexp", source: "a+b", flags: "gi" },
    ),
    fc.boolean().map((value): ValueGene => ({ kind: "boolean", value })),
    fc
      .oneof(fc.integer(), fc.double({ noNaN: true, noDefaultInfinity: true }))
      .map((value): ValueGene => ({ kind: "number", value: Object.is(value, -0) ? "-0" : value })),
    fc
      .string({ maxLength: 30, unit: "binary" })
      .map((value): ValueGene => ({ kind: "string", value })),
    fc
      .bigInt({ min: -1000n, max: 1000n })
      .map((value): ValueGene => ({ kind: "bigint", value: String(value) })),
    fc.integer({ min: -1e9, max: 1e12 }).map((epochMs): ValueGene => ({ kind: "date", epochMs })),
    fc.array(tie("gene"), { maxLength: 4 }).map((items): ValueGene => ({ kind: "array", items })),
    fc.array(tie("gene"), { maxLength: 3 }).map((items): ValueGene => ({ kind: "set", items })),
    fc
      .array(tie("gene"), { maxLength: 3 })
      .map((items): ValueGene => ({ kind: "iterable", items })),
    fc
      .uniqueArray(fc.tuple(name, tie("gene")), { maxLength: 3, selector: ([key]) => key })
      .map((entries): ValueGene => ({ kind: "object", entries })),
    fc
      .array(fc.tuple(tie("gene"), tie("gene")), { maxLength: 2 })
      .map((entries): ValueGene => ({ kind: "map", entries })),
    tie("gene").map((value): ValueGene => ({ kind: "promise", value })),
    tie("template").map((template): ValueGene => ({ kind: "function", template })),
  ),
  template: fc.oneof(
    { depthSize: "small" },
    fc.constantFrom<FunctionTemplate>(
      { kind: "argument", index: 2 },
      { kind: "operator", operator: "<" },
      { kind: "property", name: "length" },
      { kind: "throws", message: "a long message" },
    ),
    tie("gene").map((value): FunctionTemplate => ({ kind: "constant", value })),
    tie("gene").map((value): FunctionTemplate => ({ kind: "async-constant", value })),
    tie("gene").map((returns): FunctionTemplate => ({ kind: "spy", returns })),
    fc
      .tuple(fc.option(tie("gene")), tie("gene"))
      .map(([error, value]): FunctionTemplate => ({ kind: "calls-back", error, value })),
  ),
})).gene;
