// Preloaded into the built command by tests: kills the process, as `kill -9` would, before or after the n-th
// durable record of a run's log. KILL_AT is `before:n` or `after:n`, from 1.
import { syncBuiltinESMExports } from "node:module";
import fs, { type FileHandle } from "node:fs/promises";
import { basename } from "node:path";

const [when, countText] = (process.env["KILL_AT"] ?? ":").split(":");
const target = Number(countText);
const originalOpen = fs.open;
let durable = 0;

/** What has not been asked to be on disk is taken back, so that `before` leaves nothing of the line. */
function watch(file: FileHandle): FileHandle {
  const append = file.appendFile.bind(file);
  const sync = file.sync.bind(file);
  let unsynced = 0;
  file.appendFile = async (data) => {
    await append(data);
    if (typeof data === "string") unsynced += Buffer.byteLength(data);
  };
  file.sync = async () => {
    durable += 1;
    if (when === "before" && durable === target) {
      const { size } = await file.stat();
      await file.truncate(size - unsynced);
      process.kill(process.pid, "SIGKILL");
    }
    unsynced = 0;
    await sync();
    if (when === "after" && durable === target) process.kill(process.pid, "SIGKILL");
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
