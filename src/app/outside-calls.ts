import { createOutsideCalls } from "../adapters/calls/outside-calls.ts";
import type { Clock } from "../kernel/clock.ts";
import type { OutsideCalls } from "../ports/outside-calls.ts";

const CALLS = new WeakMap<Clock, OutsideCalls>();

/** The calls of this process: runs that share a clock share breakers, queues and budgets. */
export function openOutsideCalls(clock: Clock): OutsideCalls {
  const known = CALLS.get(clock);
  if (known !== undefined) return known;
  const made = createOutsideCalls({ clock });
  CALLS.set(clock, made);
  return made;
}
