import { RegooseError, type SideEffect } from "../../kernel/errors.ts";

/** RGS-7501: the other side did not answer in time. */
export function createCallTimedOut(
  id: string,
  limitMs: number,
  sideEffect: SideEffect,
): RegooseError {
  return new RegooseError("RGS-7501", `${id} took longer than ${Math.ceil(limitMs)} ms`, {
    correlationId: id,
    sideEffect,
    details: { limitMs },
  });
}

/** RGS-7502: the other side failed too often, and is left alone for a while. */
export function createCircuitOpen(id: string, retryAfterMs: number, cause: unknown): RegooseError {
  const seconds = Math.ceil(retryAfterMs / 1_000);
  return new RegooseError(
    "RGS-7502",
    `${id} was not made: too many calls before it failed, the next is tried in ${seconds} s`,
    { correlationId: id, retryAfterMs, cause },
  );
}

/** RGS-7503: as many calls run and wait as may. */
export function createQueueFull(id: string, running: number, waiting: number): RegooseError {
  return new RegooseError(
    "RGS-7503",
    `${id} was not made: ${running} calls run and ${waiting} wait already`,
    { correlationId: id, retryAfterMs: 1_000, details: { running, waiting } },
  );
}
