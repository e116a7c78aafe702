import { z } from "zod";

import { isWellFormed } from "./engine/program-tools.ts";
import { programSchema } from "./program-schema.ts";
import type { WorkerMessage } from "./protocol.ts";
import { recordingSchema } from "./snapshot-schema.ts";

const count = z.number().int().min(0).max(Number.MAX_SAFE_INTEGER);
const counters = z.array(count).max(300_000);
const path = z.string().max(1000);
const program = programSchema.refine(isWellFormed);
const switchIds = z.array(z.string().max(40)).max(50_000);
const detail = z.string().max(8000);

/** Any line that a search process may write. */
export const messageSchema: z.ZodType<WorkerMessage> = z.discriminatedUnion("kind", [
  z.strictObject({ kind: z.literal("load-start"), file: path }),
  z.strictObject({ kind: z.literal("load-end"), file: path, failure: detail.nullable() }),
  z.strictObject({
    kind: z.literal("layout"),
    file: path,
    statements: count,
    functions: count,
    branches: counters,
  }),
  z.strictObject({ kind: z.literal("loaded"), counters }),
  z.strictObject({ kind: z.literal("ready") }),
  z.strictObject({
    kind: z.literal("journal"),
    program: program.nullable(),
    isHeavy: z.boolean().optional(),
  }),
  z.strictObject({ kind: z.literal("cut"), program, isMutated: z.boolean() }),
  z.strictObject({ kind: z.literal("dry"), program }),
  z.strictObject({ kind: z.literal("state-changed"), callee: path.nullable() }),
  z.strictObject({
    kind: z.literal("barren"),
    targets: count,
    callees: z.array(z.strictObject({ callee: path, problem: z.string().max(500) })).max(50),
  }),
  z.strictObject({ kind: z.literal("beat"), executions: count, evaluated: count.optional() }),
  z.strictObject({
    kind: z.literal("items"),
    items: z.array(z.strictObject({ program, fresh: counters })).max(1000),
  }),
  z.strictObject({
    kind: z.literal("kills"),
    program,
    index: count.nullable(),
    switchIds,
  }),
  z.strictObject({ kind: z.literal("kills-so-far"), program, switchIds }),
  z.strictObject({ kind: z.literal("reached"), atLoad: switchIds, covered: switchIds }),
  z.strictObject({
    kind: z.literal("measured"),
    index: count,
    counters,
    isClean: z.boolean(),
  }),
  z.strictObject({ kind: z.literal("shrunk"), index: count, program }),
  z.strictObject({
    kind: z.literal("recorded"),
    index: count,
    program,
    recording: recordingSchema.nullable(),
    problem: detail.nullable(),
  }),
  z.strictObject({ kind: z.literal("note"), text: detail }),
  z.strictObject({
    kind: z.literal("done"),
    executions: count,
    isSaturated: z.boolean(),
    needsRestart: z.boolean(),
  }),
  z.strictObject({ kind: z.literal("failed"), detail }),
]);

/** Reads one line that a search process wrote; null for anything that is not a message. */
export function readMessage(line: string): WorkerMessage | null {
  if (!line.startsWith("{")) return null;
  try {
    const parsed = messageSchema.safeParse(JSON.parse(line));
    return parsed.success ? parsed.data : null;
  } catch {
    // Not JSON, or nested so deeply that reading it overflows the stack: hostile either way.
    return null;
  }
}
