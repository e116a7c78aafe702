import type { RetryPolicy } from "../orchestration/action.ts";

/**
 * How steps are tried again. Single calls have policies of their own (ADR 0010), which have tried for some seconds by
 * then; what is left of the passing errors is a machine that stays busy, or a process of a sandbox that was lost.
 */
export const STEP_RETRY: RetryPolicy = { attempts: 3, baseMs: 2_000, maxMs: 20_000 };

/**
 * Limits of steps that lay the ground, ms: above the limits of all that they wait for, so that only what heeds none
 * comes to them. Steps that search, prove or ask plan with the deadline of the run instead, which a user may leave away.
 */
export const LAYING_LIMIT_MS = 900_000;
export const MEASURING_LIMIT_MS: number = LAYING_LIMIT_MS + 300_000;
