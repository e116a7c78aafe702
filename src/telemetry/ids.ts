import { randomBytes } from "node:crypto";

import { sha256 } from "../kernel/hash.ts";

/** Trace and root of a run: every process that works on it comes to the same two. */
export function toRunIds(runId: string): { readonly traceId: string; readonly rootId: string } {
  const digest = sha256(`regoose/run/${runId}`);
  return { traceId: digest.slice(0, 32), rootId: digest.slice(32, 48) };
}

/** A span id of 64 random bits. */
export function createSpanId(): string {
  return randomBytes(8).toString("hex");
}

/** The header of W3C Trace Context, section 3.2: version 00, sampled. */
export function toTraceparent(traceId: string, spanId: string): string {
  return `00-${traceId}-${spanId}-01`;
}
