import { type Clock, createDeadline, type Deadline } from "../../kernel/clock.ts";
import type { ModelPort } from "../../ports/model.ts";

/** Bound on one call with all its attempts and waits, ms, where its caller has more time. */
export const CALL_LIMIT_MS: number = 15 * 60_000;

/** The same models; no call goes on after `until`, whatever it waits for, nor for longer than any call may. */
export function boundCalls(clock: Clock, port: ModelPort, until: Deadline): ModelPort {
  return {
    models: () => port.models(),
    generate: (request, call) => {
      const leftMs = Math.min(CALL_LIMIT_MS, until.remainingMs());
      return port.generate(request, { deadline: createDeadline(clock, leftMs), ...call });
    },
  };
}
