import { z } from "zod";

import type { FunctionTemplate, Statement, TestProgram, ValueGene } from "../contract/program.ts";

const MAX_LIST = 500;
const MAX_TEXT = 20_000;

const text = z.string().max(MAX_TEXT);
const index = z.number().int().min(0).max(1000);
const numberText = z.union([z.number(), z.enum(["NaN", "Infinity", "-Infinity", "-0"])]);
const exportPath = z.array(z.string().max(300)).min(1).max(12);
const gene: z.ZodType<ValueGene> = z.lazy(() => valueGeneSchema);
const genes = z.array(gene).max(MAX_LIST);

const template: z.ZodType<FunctionTemplate> = z.discriminatedUnion("kind", [
  z.strictObject({ kind: z.literal("constant"), value: gene }),
  z.strictObject({ kind: z.literal("argument"), index }),
  z.strictObject({
    kind: z.literal("operator"),
    operator: z.enum(["+", "-", "<", ">", "===", "*"]),
  }),
  z.strictObject({ kind: z.literal("property"), name: text }),
  z.strictObject({ kind: z.literal("throws"), message: text }),
  z.strictObject({ kind: z.literal("async-constant"), value: gene }),
  z.strictObject({ kind: z.literal("calls-back"), error: gene.nullable(), value: gene }),
  z.strictObject({ kind: z.literal("spy"), returns: gene }),
]);

/** Reads a value gene as untrusted input. */
export const valueGeneSchema: z.ZodType<ValueGene> = z.discriminatedUnion("kind", [
  z.strictObject({ kind: z.literal("undefined") }),
  z.strictObject({ kind: z.literal("null") }),
  z.strictObject({ kind: z.literal("boolean"), value: z.boolean() }),
  z.strictObject({ kind: z.literal("number"), value: numberText }),
  z.strictObject({ kind: z.literal("bigint"), value: z.string().regex(/^-?\d{1,2000}$/u) }),
  z.strictObject({ kind: z.literal("string"), value: text }),
  z.strictObject({ kind: z.literal("symbol"), description: text }),
  z.strictObject({ kind: z.literal("regexp"), source: text, flags: z.string().max(10) }),
  z.strictObject({
    kind: z.literal("date"),
    epochMs: z.union([z.number(), z.literal("NaN")]),
  }),
  z.strictObject({ kind: z.literal("array"), items: genes }),
  z.strictObject({
    kind: z.literal("object"),
    entries: z.array(z.tuple([text, gene])).max(MAX_LIST),
  }),
  z.strictObject({
    kind: z.literal("map"),
    entries: z.array(z.tuple([gene, gene])).max(MAX_LIST),
  }),
  z.strictObject({ kind: z.literal("set"), items: genes }),
  z.strictObject({
    kind: z.literal("bytes"),
    type: z.enum(["Buffer", "Uint8Array", "ArrayBuffer"]),
    base64: text,
  }),
  z.strictObject({
    kind: z.literal("typed-array"),
    type: z.enum([
      "Int8Array",
      "Int32Array",
      "Float64Array",
      "Uint16Array",
      "Uint32Array",
      "Float32Array",
    ]),
    items: z.array(z.number()).max(MAX_LIST),
  }),
  z.strictObject({
    kind: z.literal("error"),
    type: z.enum(["Error", "TypeError", "RangeError"]),
    message: text,
  }),
  z.strictObject({ kind: z.literal("promise"), value: gene }),
  z.strictObject({ kind: z.literal("rejected-promise"), message: text }),
  z.strictObject({ kind: z.literal("iterable"), items: genes }),
  z.strictObject({ kind: z.literal("function"), template }),
  z.strictObject({ kind: z.literal("ref"), statement: index }),
  z.strictObject({ kind: z.literal("export"), path: exportPath }),
]);

const name = z.string().max(300);
const args = z.array(gene).max(40);
const awaits = z.boolean();

const statement: z.ZodType<Statement> = z.discriminatedUnion("kind", [
  z.strictObject({ kind: z.literal("call"), callee: exportPath, args, awaits }),
  z.strictObject({ kind: z.literal("new"), callee: exportPath, args }),
  z.strictObject({ kind: z.literal("method"), receiver: index, name, args, awaits }),
  z.strictObject({ kind: z.literal("get"), receiver: index, name }),
  z.strictObject({ kind: z.literal("set"), receiver: index, name, value: gene }),
  z.strictObject({ kind: z.literal("call-value"), callee: index, args, awaits }),
  z.strictObject({ kind: z.literal("iterate"), receiver: index, limit: index, awaits }),
  z.strictObject({
    kind: z.literal("call-with-callback"),
    callee: z.union([exportPath, z.strictObject({ receiver: index, name })]),
    args,
  }),
  z.strictObject({ kind: z.literal("wait-event"), receiver: index, event: name }),
]);

/** Reads a program as untrusted input; references are checked apart (`isWellFormed`). */
export const programSchema: z.ZodType<TestProgram> = z.strictObject({
  module: z.string().max(1000),
  statements: z.array(statement).max(60),
  usesFixture: z.boolean(),
});
