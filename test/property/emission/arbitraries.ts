import fc from "fast-check";

import type { ValueGene } from "../../../src/contract/program.ts";

const number = fc.oneof<fc.Arbitrary<number | string>[]>(
  fc
    .double({ noNaN: true, noDefaultInfinity: true })
    .map((value) => (Object.is(value, -0) ? "-0" : value)),
  fc.integer(),
  fc.constantFrom("NaN", "Infinity", "-Infinity", "-0"),
) as fc.Arbitrary<Extract<ValueGene, { kind: "number" }>["value"]>;

/** Text with everything that is hard to escape, lone surrogates included. */
export const text: fc.Arbitrary<string> = fc.oneof(
  fc.string({ unit: "binary" }),
  fc.string({ unit: "grapheme" }),
  fc
    .array(
      fc.constantFrom(
        "'",
        '"',
        "`",
        "\\",
        "${",
        "\n",
        "\r",
        "\t",
        "\u2028",
        "\u2029",
        "\ud800",
        "\udc00",
        "\0",
        "</script>",
        "<!--",
        "a",
        "1",
        " ",
        "\u202e",
        "\ufeff",
      ),
      { maxLength: 12 },
    )
    .map((parts) => parts.join("")),
  fc.tuple(fc.string({ maxLength: 3 }), fc.nat(80)).map(([unit, times]) => unit.repeat(times)),
);

const key = fc.oneof(
  fc.constantFrom("a", "b", "__proto__", "constructor", "0", "1e3", "-1", "a-b", "class", ""),
  text,
);

/** Values that can be compared by deep equality. */
export const dataGene: fc.Arbitrary<ValueGene> = fc.letrec<{ gene: ValueGene }>((tie) => ({
  gene: fc.oneof(
    { maxDepth: 3, withCrossShrink: true },
    fc.constantFrom<ValueGene>({ kind: "undefined" }, { kind: "null" }),
    fc.boolean().map((value): ValueGene => ({ kind: "boolean", value })),
    number.map((value): ValueGene => ({ kind: "number", value })),
    fc.bigInt().map((value): ValueGene => ({ kind: "bigint", value: value.toString() })),
    text.map((value): ValueGene => ({ kind: "string", value })),
    fc
      .constantFrom("a+", "[/]", "a/b", "", "\\n", "\n", "(?<x>.)", "\ud83d\ude00")
      .map((source): ValueGene => ({ kind: "regexp", source, flags: "gi" })),
    fc
      .integer({ min: -8.64e15, max: 8.64e15 })
      .map((epochMs): ValueGene => ({ kind: "date", epochMs })),
    fc
      .tuple(
        fc.constantFrom("Buffer", "Uint8Array", "ArrayBuffer"),
        fc.uint8Array({ maxLength: 50 }),
      )
      .map(([type, bytes]): ValueGene => ({
        kind: "bytes",
        type,
        base64: Buffer.from(bytes).toString("base64"),
      })),
    fc
      .tuple(
        fc.constantFrom("Int8Array", "Float64Array", "Uint16Array"),
        fc.array(fc.integer({ min: 0, max: 99 })),
      )
      .map(([type, items]): ValueGene => ({ kind: "typed-array", type, items })),
    fc.array(fc.float({ noNaN: true, noDefaultInfinity: true })).map((items): ValueGene => ({
      kind: "typed-array",
      type: "Float32Array",
      items: items.map((item) => item + 0),
    })),
    fc.array(tie("gene"), { maxLength: 5 }).map((items): ValueGene => ({ kind: "array", items })),
    fc
      .array(fc.tuple(key, tie("gene")), { maxLength: 5 })
      .map((entries): ValueGene => ({ kind: "object", entries })),
    fc
      .array(fc.tuple(tie("gene"), tie("gene")), { maxLength: 3 })
      .map((entries): ValueGene => ({ kind: "map", entries })),
    fc.array(tie("gene"), { maxLength: 3 }).map((items): ValueGene => ({ kind: "set", items })),
  ),
})).gene;
