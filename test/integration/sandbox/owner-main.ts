/** Entry of a child process that is killed by the test while its sandboxes run; argument: a mark. */
import { createBubblewrapBackend } from "../../../src/adapters/sandbox/bubblewrap/bubblewrap-backend.ts";
import { createGuardedBackend } from "../../../src/adapters/sandbox/guarded/guarded-backend.ts";
import { createSystemClock } from "../../../src/kernel/clock.ts";
import { ATTACK_LIMITS } from "./attack-list.ts";

const mark = process.argv[2] ?? "mark";
const isGuarded = process.argv[3] === "guarded";
const deps = { clock: createSystemClock() };
const backend = isGuarded ? createGuardedBackend(deps) : createBubblewrapBackend(deps);
const sandbox = await backend.create({
  layers: [],
  dependencies: [],
  mounts: [],
  limits: ATTACK_LIMITS,
});
const program = `/* ${mark} */ console.log('up'); setInterval(() => 0, 1000)`;
const child = await sandbox.start(
  {
    argv: isGuarded
      ? ["node", "-e", program]
      : ["/bin/sh", "-c", 'setsid node -e "$1" & exec node -e "$1"', "sh", program],
    env: {},
    timeoutMs: 600_000,
    collect: [],
    collectBytes: 0,
  },
  { signal: new AbortController().signal },
);
const lines = child.lines[Symbol.asyncIterator]();
await lines.next();
if (!isGuarded) await lines.next();
process.stdout.write("ready\n");
