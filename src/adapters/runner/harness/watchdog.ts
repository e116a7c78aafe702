import type { PrivateNode } from "./private-node.ts";
import { BodyTimeout } from "./time-limit.ts";

/** Ends the process when one step blocks its thread for too long. */
export interface Watchdog {
  /** A step begins: the time starts anew. `pair` is what to blame, -1 for no pair. */
  touch(pair: number): void;
  /** Runs what may block the thread. @throws BodyTimeout where a block can be ended without the process */
  run(body: () => unknown): unknown;
  /** Ends the watch. */
  stop(): void;
}

const POLL_MS = 100;

/**
 * Watches this thread from another one, which no endless loop can stop. A step that lasts longer
 * than `limitMs` gets a `pair-timeout` line and costs the process its life (SIGKILL).
 * Where worker threads are forbidden (level `guarded`), V8 itself ends what blocks before its first `await`.
 */
export function startWatchdog(node: PrivateNode, path: string, limitMs: number): Watchdog {
  const beat = new Int32Array(new SharedArrayBuffer(12));
  const code = `
    const { workerData } = require("node:worker_threads");
    const { openSync, writeSync } = require("node:fs");
    const { beat, path, limitMs, pollMs } = workerData;
    let seen = 0, quietMs = 0;
    setInterval(() => {
      const now = Atomics.load(beat, 0);
      if (now !== seen || Atomics.load(beat, 1) === 0) { seen = now; quietMs = 0; return; }
      quietMs += pollMs;
      if (quietMs < limitMs) return;
      const pair = Atomics.load(beat, 2);
      if (pair >= 0) writeSync(openSync(path, "a"), JSON.stringify({ type: "pair-timeout", pair }) + "\\n");
      process.kill(process.pid, "SIGKILL");
    }, pollMs);`;
  let worker: InstanceType<PrivateNode["workers"]["Worker"]>;
  try {
    worker = new node.workers.Worker(code, {
      eval: true,
      execArgv: [],
      env: {},
      workerData: { beat, path, limitMs, pollMs: POLL_MS },
    });
    worker.on("error", () => undefined);
    worker.unref();
  } catch {
    return createVmWatchdog(node, limitMs);
  }
  return {
    touch: (pair) => {
      Atomics.store(beat, 2, pair);
      Atomics.add(beat, 0, 1);
      Atomics.store(beat, 1, 1);
    },
    run: (body) => body(),
    stop: () => {
      Atomics.store(beat, 1, 0);
      void worker.terminate();
    },
  };
}

const STEP = Symbol.for("regoose.step");

function createVmWatchdog(node: PrivateNode, limitMs: number): Watchdog {
  const script = new node.vm.Script('globalThis[Symbol.for("regoose.step")]()', {
    filename: ".regoose-run/step.js",
  });
  const realm = globalThis as unknown as Record<symbol, () => void>;
  return {
    touch: () => undefined,
    run: (body) => {
      let result: unknown;
      realm[STEP] = () => {
        result = body();
      };
      try {
        script.runInThisContext({ timeout: limitMs });
      } catch (thrown) {
        if ((thrown as { code?: unknown } | null)?.code !== "ERR_SCRIPT_EXECUTION_TIMEOUT")
          throw thrown;
        throw new BodyTimeout("the time limit passed", false);
      }
      return result;
    },
    stop: () => undefined,
  };
}
