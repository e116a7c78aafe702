import type { Clock } from "../../kernel/clock.ts";
import type { CallEvent, CallName, OutsideCall, OutsideCalls } from "../../ports/outside-calls.ts";
import { CALL_SETTINGS, type CallSettings } from "./call-settings.ts";
import { createGuardedCall, type GuardedCall } from "./guarded-call.ts";

export interface OutsideCallsDeps {
  readonly clock: Clock;
  /** A float in [0, 1) for the jitter of waits; no result depends on it. @defaultValue Math.random */
  readonly random?: () => number;
}

/** The policies around every call out of this process. Loads the library at the first call. */
export function createOutsideCalls(
  deps: OutsideCallsDeps,
  settings: Readonly<Record<CallName, CallSettings>> = CALL_SETTINGS,
): OutsideCalls {
  const calls = new Map<CallName, GuardedCall>();
  const find = (name: CallName): GuardedCall => {
    const known = calls.get(name);
    if (known !== undefined) return known;
    const made = createGuardedCall(
      { clock: deps.clock, random: deps.random ?? Math.random },
      name,
      settings[name],
    );
    calls.set(name, made);
    return made;
  };
  const view = (listener: (event: CallEvent) => void): OutsideCalls => ({
    to: (name): OutsideCall => ({
      name,
      run: (work, options) => find(name).run(work, options, listener),
      snapshot: () => find(name).snapshot(),
    }),
    snapshots: () => [...calls.values()].map((call) => call.snapshot()),
    observed: view,
  });
  return view(() => undefined);
}
