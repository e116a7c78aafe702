// Preloaded into the built command by tests: kills the process, as `kill -9` would, before or after the n-th
// durable record of a run's log. KILL_AT is `before:n` or `after:n`, from 1.
import { syncBuiltinESMExports } from "node:module";
import fs, { type FileHandle } from "node:fs/promises";
import { basename } from "node:path";

const [when, countText] = (process.env["KILL_AT"] ?? ":").split(":");
const target = Number(countText);
const originalOpen = fs.open;
let durable = 0;

/** The line is held back until the log asks for it to be on disk, so that `before` leaves nothing of it. */
function watch(file: FileHandle): FileHandle {
  const append = file.appendFile.bind(file);
  const sync = file.sync.bind(file);
  let text = "";
  file.appendFile = (data) => {
    if (typeof data === "string") text += data;
    return Promise.resolve();
  };
  file.sync = async () => {
    durable += 1;
    if (when === "before" && durable === target) process.kill(process.pid, "SIGKILL");
    await append(text);
    text = "";
    await sync();
    if (when === "after" && durable === target) process.kill(process.pid, "SIGKILL");
  };
  const close = file.close.bind(file);
  file.close = async () => {
    if (text !== "") await append(text);
    await close();
  };
  return file;
}

if (target > 0) {
  fs.open = async (path, ...rest) => {
    const file = await originalOpen(path, ...rest);
    return basename(String(path)) === "events.ndjson" ? watch(file) : file;
  };
  syncBuiltinESMExports();
}
