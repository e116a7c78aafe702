import { z } from "zod";
import type { MockUsage } from "./dialects/dialect.ts";
import type { FaultOptions } from "./fault-actions.ts";
import { FAULT_NAMES, type FaultName } from "./faults.ts";

const when = z.strictObject({
  /** Requests by number, from 1, as the server counts them. */
  requests: z.array(z.int().min(1)).optional(),
  /** Every n-th request. */
  every: z.int().min(1).optional(),
  model: z.string().optional(),
  /** A text that stands in the messages. */
  includes: z.string().optional(),
});

const count = z.int().min(0);
const usage = z.strictObject({
  input: count,
  output: count,
  reasoning: count.default(0),
  cacheRead: count.default(0),
  cacheWrite: count.default(0),
});

const pace = z.strictObject({
  /** Silence before the first frame, ms. */
  firstTokenMs: z.number().min(0).default(0),
  /** Null for as fast as it goes. */
  tokensPerSecond: z.number().positive().nullable().default(null),
  /** Each wait is longer or shorter by up to this share of it. */
  jitter: z.number().min(0).max(1).default(0),
});

const answer = z.strictObject({
  when: when.optional(),
  text: z.string().optional(),
  /** Sent as text. */
  json: z.unknown().optional(),
  reasoning: z.string().default(""),
  toolCalls: z
    .array(z.strictObject({ name: z.string(), input: z.unknown().default({}) }))
    .default([]),
  finish: z.enum(["stop", "length", "content-filter"]).default("stop"),
  usage: usage.optional(),
  headers: z.record(z.string(), z.string()).default({}),
  /** Most times that it is given; then the next one that fits is. */
  times: z.int().min(1).optional(),
});

const fault = z.strictObject({
  when: when.default({}),
  fault: z.enum(FAULT_NAMES),
  times: z.int().min(1).optional(),
  holdMs: z.number().min(1).optional(),
  retryAfter: z.number().min(0).optional(),
  after: z.int().min(0).optional(),
  parameter: z.string().max(100).optional(),
});

/** What a mock server does, request by request. The first answer and the first fault that fit count. */
export interface MockScript {
  readonly models: readonly string[];
  /** Keys that are taken; any is where there is none. */
  readonly keys: readonly string[];
  readonly pace: Pace;
  readonly answers: readonly ScriptedAnswer[];
  readonly faults: readonly ScriptedFault[];
}

export interface Pace {
  readonly firstTokenMs: number;
  readonly tokensPerSecond: number | null;
  readonly jitter: number;
}

/** When an answer or a fault counts; all that is said has to hold. */
export interface Condition {
  readonly requests?: readonly number[] | undefined;
  readonly every?: number | undefined;
  readonly model?: string | undefined;
  readonly includes?: string | undefined;
}

export interface ScriptedAnswer {
  readonly when?: Condition | undefined;
  readonly text?: string | undefined;
  readonly json?: unknown;
  readonly reasoning: string;
  readonly toolCalls: readonly { readonly name: string; readonly input: unknown }[];
  readonly finish: "stop" | "length" | "content-filter";
  readonly usage?: MockUsage | undefined;
  readonly headers: Readonly<Record<string, string>>;
  readonly times?: number | undefined;
}

export interface ScriptedFault extends FaultOptions {
  readonly when: Condition;
  readonly fault: FaultName;
  readonly times?: number | undefined;
}

/** A script as it is written: what has a default may be left out. */
export interface ScriptInput {
  readonly models?: readonly string[];
  readonly keys?: readonly string[];
  readonly pace?: Partial<Pace>;
  readonly answers?: readonly (Partial<Omit<ScriptedAnswer, "usage" | "toolCalls">> & {
    readonly usage?: Partial<MockUsage> & Pick<MockUsage, "input" | "output">;
    readonly toolCalls?: readonly { readonly name: string; readonly input?: unknown }[];
  })[];
  readonly faults?: readonly (Partial<ScriptedFault> & Pick<ScriptedFault, "fault">)[];
}

export const scriptSchema: z.ZodType<MockScript> = z.strictObject({
  models: z.array(z.string()).default(["mock-model"]),
  keys: z.array(z.string()).default([]),
  pace: pace.default({ firstTokenMs: 0, tokensPerSecond: null, jitter: 0 }),
  answers: z.array(answer).default([]),
  faults: z.array(fault).default([]),
});

interface Asked {
  readonly number: number;
  readonly model: string;
  readonly text: string;
}

/** Whether a condition holds for a request. */
export function holds(condition: Condition | undefined, asked: Asked): boolean {
  const { requests, every, model, includes } = condition ?? {};
  return (
    (requests === undefined || requests.includes(asked.number)) &&
    (every === undefined || asked.number % every === 0) &&
    (model === undefined || model === asked.model) &&
    (includes === undefined || asked.text.includes(includes))
  );
}
