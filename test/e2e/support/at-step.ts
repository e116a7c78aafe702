// Preloaded into the built command by tests: does something as soon as the run's log says that a step has begun, and
// lets the step go on only when that has arrived. AT_STEP is the id of the step; AT_DO is a signal that the process gets,
// two of them with a blank between, or `exception` or `rejection` for something that breaks where nobody waits for it.
// SIGUSR2 does what AT_DO says in a process that has no steps.
import { once } from "node:events";
import fs from "node:fs/promises";
import { syncBuiltinESMExports } from "node:module";
import { basename } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";

const step = process.env["AT_STEP"] ?? "";
const wanted = (process.env["AT_DO"] ?? "").split(" ");
/** What npm passes on comes within a quarter of a second, and is no second Ctrl-C. */
const LATER_MS = 400;
let isDone = false;

async function act(): Promise<void> {
  if (wanted[0] === "exception") {
    setImmediate(() => {
      throw new Error("injected exception");
    });
  } else if (wanted[0] === "rejection") void Promise.reject(new Error("injected rejection"));
  else {
    for (const [index, signal] of wanted.entries()) {
      if (index > 0) await sleep(LATER_MS);
      const arrived = once(process, signal);
      process.kill(process.pid, signal);
      await arrived;
    }
  }
}

const originalOpen = fs.open;
fs.open = async (path, ...rest) => {
  const file = await originalOpen(path, ...rest);
  if (step === "" || basename(String(path)) !== "events.ndjson") return file;
  const append = file.appendFile.bind(file);
  file.appendFile = async (data, ...options) => {
    await append(data, ...options);
    const isBegun = `"name":"action-start","data":{"step":"${step}"`;
    if (isDone || typeof data !== "string" || !data.includes(isBegun)) return;
    isDone = true;
    await act();
  };
  return file;
};
syncBuiltinESMExports();
process.on("SIGUSR2", () => void act());
