/**
 * Runs one sandboxed command while this process has no file descriptor left. With `recover` they come
 * back at the first retry. Prints the events, and the end of the command or the error.
 */
import { closeSync, openSync } from "node:fs";
import { guardSandboxes } from "../../../src/adapters/calls/guard-sandboxes.ts";
import { createOutsideCalls } from "../../../src/adapters/calls/outside-calls.ts";
import { createGuardedBackend } from "../../../src/adapters/sandbox/guarded/guarded-backend.ts";
import { createSystemClock } from "../../../src/kernel/clock.ts";
import { RegooseError, toErrno } from "../../../src/kernel/errors.ts";
import type { CallEvent } from "../../../src/ports/outside-calls.ts";
import { NEVER, openSandboxBench } from "../../../src/testing/sandbox-bench.ts";

const COMMAND = {
  argv: ["node", "--eval", "0"],
  env: {},
  timeoutMs: 30_000,
  collect: [],
  collectBytes: 0,
};
const taken: number[] = [];
const events: CallEvent[] = [];
const clock = createSystemClock();
const call = createOutsideCalls({ clock })
  .observed((event) => {
    events.push(event);
    if (process.argv[2] === "recover") giveBack();
  })
  .to("sandbox");
await using bench = openSandboxBench(
  guardSandboxes({ clock, call }, createGuardedBackend({ clock })),
);
const sandbox = await bench.create();
// Loads whatever is loaded late.
await sandbox.run(COMMAND, { signal: NEVER });
takeAll();
const outcome = await sandbox.run(COMMAND, { signal: NEVER }).then(
  ({ end }) => ({ end, error: null }),
  (failure: unknown) => ({ end: null, error: toBody(failure) }),
);
giveBack();
process.stdout.write(JSON.stringify({ ...outcome, events, snapshot: call.snapshot() }));

function takeAll(): void {
  try {
    for (;;) taken.push(openSync("/dev/null", "r"));
  } catch (failure) {
    if (toErrno(failure) !== "EMFILE") throw failure;
  }
}

function giveBack(): void {
  for (const descriptor of taken.splice(0)) closeSync(descriptor);
}

function toBody(failure: unknown): object {
  if (!(failure instanceof RegooseError)) throw failure;
  const { code, name, errorClass, hint } = failure;
  return { code, name, class: errorClass, hint };
}
