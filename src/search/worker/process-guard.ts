import childProcess from "node:child_process";
import { syncBuiltinESMExports } from "node:module";

/** What target code did that no test may do. */
export interface GuardState {
  /** Name of the forbidden thing the present program did, or null. */
  forbidden: string | null;
  /** Errors that escaped outside any statement. */
  stray: unknown[];
}

/** Thrown in place of ending the process. */
export class ForbiddenCall extends Error {
  constructor(name: string) {
    super(`${name} is not available here`);
    this.name = "ForbiddenCall";
  }
}

/**
 * Takes from the target what would end, leave, silence or flood this process: exits, signals,
 * child processes, output. What it does anyway is noted in the state.
 */
export function installProcessGuard(): GuardState {
  const state: GuardState = { forbidden: null, stray: [] };
  const refuse = (name: string) => (): never => {
    state.forbidden = name;
    throw new ForbiddenCall(name);
  };
  const holder = process as unknown as Record<string, unknown>;
  for (const name of [
    "exit",
    "reallyExit",
    "abort",
    "kill",
    "_kill",
    "setuid",
    "setgid",
    "execve",
  ]) {
    holder[name] = refuse(`process.${name}`);
  }
  for (const name of [
    "spawn",
    "spawnSync",
    "exec",
    "execSync",
    "execFile",
    "execFileSync",
    "fork",
  ]) {
    (childProcess as unknown as Record<string, unknown>)[name] = refuse(`child_process.${name}`);
  }
  holder["dlopen"] = (_module: unknown, path: unknown): never => {
    const name = `process.dlopen of the native addon ${String(path)}`;
    state.forbidden = name;
    throw new ForbiddenCall(name);
  };
  silenceOutput();
  process.setUncaughtExceptionCaptureCallback((thrown: unknown) => {
    state.stray.push(thrown);
  });
  process.on("unhandledRejection", (reason: unknown) => {
    state.stray.push(reason);
  });
  guardTicks(state);
  syncBuiltinESMExports();
  return state;
}

function silenceOutput(): void {
  const silent = (): boolean => true;
  for (const name of ["stdout", "stderr"] as const) {
    const stream = {
      write: silent,
      end: silent,
      on: () => stream,
      once: () => stream,
      emit: silent,
      removeListener: () => stream,
      isTTY: false,
      columns: 80,
      fd: name === "stdout" ? 1 : 2,
      writable: true,
    };
    Object.defineProperty(process, name, { value: stream, configurable: true, writable: true });
  }
  for (const [name, value] of Object.entries(console)) {
    if (typeof value === "function") (console as unknown as Record<string, unknown>)[name] = silent;
  }
}

/**
 * A throw inside a next-tick callback that is drained synchronously would leave Node's
 * async-hook stack corrupted, which is fatal; so no callback may throw through.
 */
function guardTicks(state: GuardState): void {
  const nextTick = process.nextTick.bind(process);
  const microtask = queueMicrotask;
  const guarded =
    (callback: (...args: unknown[]) => unknown) =>
    (...args: unknown[]): void => {
      try {
        callback(...args);
      } catch (thrown) {
        state.stray.push(thrown);
      }
    };
  process.nextTick = (callback: unknown, ...args: unknown[]): void => {
    if (typeof callback !== "function") {
      throw Object.assign(new TypeError('The "callback" argument must be of type function.'), {
        code: "ERR_INVALID_ARG_TYPE",
      });
    }
    nextTick(guarded(callback as (...inner: unknown[]) => unknown), ...args);
  };
  globalThis.queueMicrotask = (callback) => {
    microtask(guarded(callback));
  };
}
