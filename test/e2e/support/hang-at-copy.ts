// Preloaded into the built command by tests: copying a file never ends and heeds no signal, and what is to
// happen 25 s after a signal happens after one.
import fs from "node:fs/promises";
import { syncBuiltinESMExports } from "node:module";

fs.copyFile = () => new Promise<never>(() => undefined);
syncBuiltinESMExports();

const setTimer = globalThis.setTimeout;
globalThis.setTimeout = Object.assign(
  (run: () => void, delayMs?: number) => setTimer(run, delayMs === 25_000 ? 1_000 : delayMs),
  { __promisify__: setTimer.__promisify__ },
) as typeof setTimeout;
// A copy that never ends keeps no process alive by itself.
setInterval(() => undefined, 1_000);
