import { parentPort, workerData } from "node:worker_threads";
import typescript from "typescript";
import type { TypeRequest } from "./protocol.ts";
import { readTypes } from "./type-surface.ts";

/**
 * Entry of the worker thread that runs the TypeScript checker. It is a thread of its own so that hostile
 * types that keep the checker busy or hungry can be ended without losing the command.
 */
function main(): void {
  const port = parentPort;
  if (port === null) return;
  port.postMessage({ kind: "ready" });
  for (const message of readTypes(typescript, workerData as TypeRequest)) port.postMessage(message);
  port.close();
}

main();
