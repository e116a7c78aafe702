import { z } from "zod";

import type { Recording, Snapshot, StatementOutcome } from "../contract/snapshot.ts";

const MAX_LIST = 500;
const text = z.string().max(20_000);
const size = z.number().int().min(0);
const numberText = z.union([z.number(), z.enum(["NaN", "Infinity", "-Infinity", "-0"])]);
const snapshot: z.ZodType<Snapshot> = z.lazy(() => snapshotSchema);
const snapshots = z.array(snapshot).max(MAX_LIST);

/** Reads a snapshot as untrusted input. */
export const snapshotSchema: z.ZodType<Snapshot> = z.discriminatedUnion("kind", [
  z.strictObject({ kind: z.literal("undefined") }),
  z.strictObject({ kind: z.literal("null") }),
  z.strictObject({ kind: z.literal("boolean"), value: z.boolean() }),
  z.strictObject({ kind: z.literal("number"), value: numberText }),
  z.strictObject({ kind: z.literal("bigint"), value: text }),
  z.strictObject({ kind: z.literal("string"), value: text, length: size }),
  z.strictObject({ kind: z.literal("symbol"), description: text }),
  z.strictObject({ kind: z.literal("regexp"), source: text, flags: z.string().max(10) }),
  z.strictObject({ kind: z.literal("date"), epochMs: z.union([z.number(), z.literal("NaN")]) }),
  z
    .strictObject({
      kind: z.literal("array"),
      items: snapshots,
      length: size,
      isPlain: z.boolean().optional(),
    })
    .transform(({ isPlain, ...array }) => (isPlain === undefined ? array : { ...array, isPlain })),
  z.strictObject({
    kind: z.literal("object"),
    className: text,
    entries: z.array(z.tuple([text, snapshot])).max(MAX_LIST),
    isPartial: z.boolean(),
  }),
  z.strictObject({
    kind: z.literal("map"),
    entries: z.array(z.tuple([snapshot, snapshot])).max(MAX_LIST),
    size,
  }),
  z.strictObject({ kind: z.literal("set"), items: snapshots, size }),
  z.strictObject({ kind: z.literal("bytes"), type: text, base64: text, length: size }),
  z.strictObject({
    kind: z.literal("typed-array"),
    type: text,
    items: z.array(z.union([z.number(), text])).max(MAX_LIST),
    length: size,
  }),
  z.strictObject({ kind: z.literal("error"), name: text, message: text }),
  z.strictObject({ kind: z.literal("function"), name: text }),
  z.strictObject({ kind: z.literal("same"), statement: size }),
  z.strictObject({ kind: z.literal("opaque"), className: text }),
]);

const outcome: z.ZodType<StatementOutcome> = z.discriminatedUnion("kind", [
  z.strictObject({ kind: z.literal("returned"), value: snapshot }),
  z.strictObject({
    kind: z.literal("threw"),
    error: z.strictObject({
      name: text,
      message: text,
      code: text.nullable(),
      isError: z.boolean(),
    }),
    isPromise: z.boolean(),
  }),
  z.strictObject({ kind: z.literal("skipped") }),
]);

/** Reads a recording as untrusted input. */
export const recordingSchema: z.ZodType<Recording> = z
  .strictObject({
    outcomes: z.array(outcome).max(60),
    mutations: z.array(z.strictObject({ statement: size, after: snapshot })).max(60),
    spies: z
      .array(
        z.strictObject({
          statement: size,
          argument: size,
          calls: z.array(z.array(snapshot).max(40)).max(40),
        }),
      )
      .max(60),
    files: z.record(z.string().max(1000), text.nullable()),
    arrivesLate: z.literal(true).optional(),
  })
  .transform(({ arrivesLate, ...recording }) =>
    arrivesLate === true ? { ...recording, arrivesLate } : recording,
  );
