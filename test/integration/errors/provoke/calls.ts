import { CALL_SETTINGS, type CallSettings } from "../../../../src/adapters/calls/call-settings.ts";
import { createOutsideCalls } from "../../../../src/adapters/calls/outside-calls.ts";
import { createDeadline, createSystemClock } from "../../../../src/kernel/clock.ts";
import { runWithoutDescriptors } from "../../calls/busy-machine.ts";
import { fromBody, thrown, type Provoke } from "./provoked.ts";

const clock = createSystemClock();
const hanging = (): Promise<never> => new Promise(() => undefined);
const failing = (): Promise<never> =>
  Promise.reject(Object.assign(new Error("spawn EAGAIN"), { code: "EAGAIN" }));

/** A call through the real policies, with some of their numbers made small. */
function openCall(
  changed: Partial<CallSettings>,
  leftMs: number,
): (work: () => Promise<unknown>) => Promise<unknown> {
  const settings = { ...CALL_SETTINGS, sandbox: { ...CALL_SETTINGS.sandbox, ...changed } };
  const call = createOutsideCalls({ clock }, settings).to("sandbox");
  const { signal } = new AbortController();
  return (work) => call.run(work, { signal, deadline: createDeadline(clock, leftMs) });
}

/** RGS-75xx: calls to the outside. */
export const CALLS = {
  "RGS-7501": () => thrown(() => openCall({}, 50)(hanging)),
  "RGS-7502": async () => {
    const run = openCall({ attempts: 1 }, 5_000);
    for (let count = 0; count < 10; count += 1) await run(failing).catch(() => undefined);
    return thrown(() => run(failing));
  },
  "RGS-7503": async () => {
    const run = openCall({ attempts: 1, bulkhead: { running: 1, waiting: 0 } }, 2_000);
    const first = run(hanging).catch(() => undefined);
    const seen = await thrown(() => run(hanging));
    await first;
    return seen;
  },
  "RGS-7504": async () => {
    const { error } = await runWithoutDescriptors("stay");
    if (error === null) throw new Error("the command ran");
    return fromBody(error);
  },
} as const satisfies Readonly<Record<string, Provoke>>;
