// Preloaded into the built command by tests: once the search has started, the event loop stands still for
// 10 s, longer than any search process may be silent.
import { writeFileSync } from "node:fs";
import fs from "node:fs/promises";
import { syncBuiltinESMExports } from "node:module";
import { basename } from "node:path";

const originalOpen = fs.open;
let isPlanned = false;

fs.open = async (path, ...rest) => {
  const file = await originalOpen(path, ...rest);
  if (isPlanned || basename(String(path)) !== "events.ndjson") return file;
  const append = file.appendFile.bind(file);
  file.appendFile = async (data, ...options) => {
    await append(data, ...options);
    const isBegun = '"name":"action-start","data":{"step":"propose"';
    if (typeof data !== "string" || !data.includes(isBegun)) return;
    isPlanned = true;
    setTimeout(() => {
      Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, 10_000);
      writeFileSync(process.env["BLOCKED_FILE"] ?? "", "blocked");
    }, 1_500);
  };
  return file;
};
syncBuiltinESMExports();
