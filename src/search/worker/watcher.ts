import { Worker } from "node:worker_threads";

import { HEAVY_MEGABYTES } from "../protocol.ts";
import type { Journal } from "./outbox.ts";

const CAPACITY = 64 * 1024;
/** A program that runs longer is named, ms. */
const SLOW_MS = 1200;
const HEAVY_BYTES = HEAVY_MEGABYTES * 1024 * 1024;

/**
 * Looks at shared memory while the main thread is busy, and writes the journal line itself when the
 * program there runs too long or memory grows. Plain JavaScript: it runs from text.
 */
const SOURCE = `
const { workerData } = require("node:worker_threads");
const fs = require("node:fs");
const { head, body, slowMs, heavyBytes } = workerData;
const cells = new Int32Array(head);
const bytes = new Uint8Array(body);
let seen = -1, since = Date.now(), written = -1, heavy = -1;
for (;;) {
  Atomics.wait(cells, 2, 0, 60);
  const sequence = Atomics.load(cells, 0);
  if (sequence !== seen) { seen = sequence; since = Date.now(); }
  const length = Atomics.load(cells, 1);
  if (length === 0 || heavy === sequence) continue;
  const isHeavy = process.memoryUsage.rss() > heavyBytes;
  if (!isHeavy && (written === sequence || Date.now() - since < slowMs)) continue;
  written = sequence;
  if (isHeavy) heavy = sequence;
  const line = Buffer.concat([
    Buffer.from('\\n{"kind":"journal","program":'), Buffer.from(bytes.slice(0, length)),
    Buffer.from(',"isHeavy":' + isHeavy + "}\\n"),
  ]);
  for (let at = 0; at < line.length;) {
    try { at += fs.writeSync(1, line, at, line.length - at); }
    catch (failure) { if (failure.code !== "EAGAIN") break; Atomics.wait(cells, 2, 0, 2); }
  }
}
`;

/**
 * Starts the watcher thread; null where threads are not allowed (the caller then writes every
 * program before it runs).
 */
export function startWatcher(): Journal | null {
  const head = new SharedArrayBuffer(12);
  const body = new SharedArrayBuffer(CAPACITY);
  const cells = new Int32Array(head);
  const bytes = new Uint8Array(body);
  const scratch = Buffer.alloc(CAPACITY);
  try {
    const worker = new Worker(SOURCE, {
      eval: true,
      workerData: { head, body, slowMs: SLOW_MS, heavyBytes: HEAVY_BYTES },
      stdout: false,
      stderr: false,
      env: {},
    });
    worker.on("error", () => undefined);
    worker.unref();
  } catch {
    return null;
  }
  return {
    begin(program) {
      const length = scratch.write(JSON.stringify(program));
      // A text that was cut would not parse: say nothing rather than something false.
      const fits = length < CAPACITY - 4;
      if (fits) bytes.set(scratch.subarray(0, length));
      Atomics.store(cells, 1, fits ? length : 0);
      Atomics.add(cells, 0, 1);
    },
    end() {
      Atomics.store(cells, 1, 0);
      Atomics.add(cells, 0, 1);
    },
  };
}
