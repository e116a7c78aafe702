import nodeModule, { createRequire } from "node:module";
import { parentPort, workerData } from "node:worker_threads";
import type ts from "typescript";
import type { TypeJob } from "./protocol.ts";
import { readTypes } from "./type-surface.ts";

const require = createRequire(import.meta.url);

/**
 * Entry of the worker thread that runs the TypeScript checker. It is a thread of its own so that hostile
 * types that keep the checker busy or hungry can be ended without losing the command.
 */
function main(): void {
  const port = parentPort;
  if (port === null) return;
  const { request, compileCache } = workerData as TypeJob;
  // A thread does not inherit it, and compiling TypeScript anew costs more than most checks.
  if (compileCache !== null) nodeModule.enableCompileCache(compileCache);
  // `import` would read the 9 MB twice more, for their format and their exports.
  const typescript = require("typescript") as typeof ts;
  port.postMessage({ kind: "ready" });
  for (const message of readTypes(typescript, request)) port.postMessage(message);
  port.close();
}

main();
