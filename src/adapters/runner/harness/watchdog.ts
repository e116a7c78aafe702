import type { PrivateNode } from "./private-node.ts";

/** Ends the process when one step blocks its thread for too long. */
export interface Watchdog {
  /** A step begins or ends: the time starts anew. */
  touch(): void;
  /** Ends the watch. */
  stop(): void;
}

const POLL_MS = 100;

/**
 * Watches this thread from another one, which no endless loop can stop. A step that lasts longer
 * than `limitMs` costs the process its life (SIGKILL); the journal then tells which step it was.
 * Where worker threads are forbidden (level `guarded`), the run's own time limit does the same later.
 */
export function startWatchdog(node: PrivateNode, limitMs: number): Watchdog {
  const beat = new Int32Array(new SharedArrayBuffer(8));
  const code = `
    const { workerData } = require("node:worker_threads");
    const { beat, limitMs, pollMs } = workerData;
    let seen = 0, quietMs = 0;
    setInterval(() => {
      const now = Atomics.load(beat, 0);
      if (now !== seen || Atomics.load(beat, 1) === 0) { seen = now; quietMs = 0; return; }
      quietMs += pollMs;
      if (quietMs >= limitMs) process.kill(process.pid, "SIGKILL");
    }, pollMs);`;
  let worker: InstanceType<PrivateNode["workers"]["Worker"]>;
  try {
    worker = new node.workers.Worker(code, {
      eval: true,
      execArgv: [],
      env: {},
      workerData: { beat, limitMs, pollMs: POLL_MS },
    });
    worker.on("error", () => undefined);
    worker.unref();
  } catch {
    return { touch: () => undefined, stop: () => undefined };
  }
  return {
    touch: () => {
      Atomics.add(beat, 0, 1);
      Atomics.store(beat, 1, 1);
    },
    stop: () => {
      Atomics.store(beat, 1, 0);
      void worker.terminate();
    },
  };
}
