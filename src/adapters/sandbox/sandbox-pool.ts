import type { Clock } from "../../kernel/clock.ts";
import type { Sandbox, SandboxBackend } from "../../ports/sandbox.ts";
import { SandboxSetupFailed } from "./errors.ts";

/** What one run may have at once. */
export interface PoolLimits {
  readonly sandboxes: number;
  /** Commands that run or are being started, in all sandboxes together. */
  readonly processes: number;
}

/** Whoever waits longer for a sandbox waits for one that nobody gives back, ms. */
const PATIENCE_MS = 120_000;

/**
 * The same backend, with a bound on what is open at once; who comes later waits in line. A sandbox is used
 * once: each command has a work copy of its own, and what was disposed is never handed out again, so that
 * nothing outlives the untrusted code that ran in it.
 */
export function createSandboxPool(
  deps: { readonly clock: Clock },
  backend: SandboxBackend,
  limits: PoolLimits,
): SandboxBackend {
  const sandboxes = createSlots(limits.sandboxes);
  const processes = createSlots(limits.processes);
  return {
    name: backend.name,
    level: backend.level,
    probe: () => backend.probe(),
    sweep: () => backend.sweep(),
    async create(spec) {
      const release = await takeWithin(deps.clock, sandboxes, limits.sandboxes);
      try {
        return bound(await backend.create(spec), processes, release);
      } catch (failure) {
        release();
        throw failure;
      }
    },
  };
}

function bound(sandbox: Sandbox, processes: Slots, release: () => void): Sandbox {
  return {
    level: sandbox.level,
    backend: sandbox.backend,
    pathOf: (name) => sandbox.pathOf(name),
    async run(command, options) {
      const end = await processes.take(options.signal);
      try {
        return await sandbox.run(command, options);
      } finally {
        end();
      }
    },
    async start(command, options) {
      const end = await processes.take(options.signal);
      try {
        const process = await sandbox.start(command, options);
        process.ended.then(end, end);
        return process;
      } catch (failure) {
        end();
        throw failure;
      }
    },
    async [Symbol.asyncDispose]() {
      await sandbox[Symbol.asyncDispose]();
      release();
    },
  };
}

async function takeWithin(clock: Clock, slots: Slots, most: number): Promise<() => void> {
  const stop = new AbortController();
  const done = new AbortController();
  clock.sleep(PATIENCE_MS, done.signal).then(
    () => {
      const why = `${String(most)} sandboxes are in use, and none was given back`;
      stop.abort(new SandboxSetupFailed(why, "run with fewer `--workers`"));
    },
    () => undefined,
  );
  try {
    return await slots.take(stop.signal);
  } finally {
    done.abort(new Error("no longer waited for"));
  }
}

interface Slots {
  /** Resolves in the order of the calls to what gives the slot back, twice is fine. */
  take(signal: AbortSignal): Promise<() => void>;
}

function createSlots(count: number): Slots {
  const waiting: (() => void)[] = [];
  let free = count;
  const giveBack = (): void => {
    const next = waiting.shift();
    if (next === undefined) free += 1;
    else next();
  };
  const once = (): (() => void) => {
    let isGiven = false;
    return () => {
      if (!isGiven) giveBack();
      isGiven = true;
    };
  };
  return {
    take: (signal) =>
      new Promise((resolve, reject) => {
        signal.throwIfAborted();
        if (free > 0) {
          free -= 1;
          resolve(once());
          return;
        }
        const onTurn = (): void => {
          signal.removeEventListener("abort", onAbort);
          resolve(once());
        };
        const onAbort = (): void => {
          waiting.splice(waiting.indexOf(onTurn), 1);
          reject(signal.reason as Error);
        };
        signal.addEventListener("abort", onAbort, { once: true });
        waiting.push(onTurn);
      }),
  };
}
