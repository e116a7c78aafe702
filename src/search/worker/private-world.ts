/**
 * The engine's own references to what the target may replace. Import this file first: everything
 * in a search process that must keep working after target code ran goes through it.
 */
import fs from "node:fs";

interface ProcessInternals {
  /** Runs next-tick callbacks and microtasks now; an internal of Node since 0.x, absent nowhere we run. */
  readonly _tickCallback?: () => void;
  readonly _getActiveHandles?: () => readonly unknown[];
}

const internals = process as unknown as ProcessInternals;

/** Drains next-tick callbacks and microtasks synchronously; only works outside a microtask. */
export const drainMicrotasks: () => void = internals._tickCallback?.bind(process) ?? noop;

export const listActiveHandles: () => readonly unknown[] =
  internals._getActiveHandles?.bind(process) ?? (() => []);

const readActive = process.getActiveResourcesInfo.bind(process);

/** How many things keep the event loop busy. */
export function countActiveResources(): number {
  return readActive().length;
}

export const realSetImmediate: (callback: () => void) => unknown = setImmediate;
export const realSetTimeout: (callback: () => void, delayMs: number) => NodeJS.Timeout = setTimeout;
export const realClearTimeout: (timer: NodeJS.Timeout) => void = clearTimeout;
const cpuUsage = process.cpuUsage.bind(process);

/** Processor time of this process so far, ms. */
export function cpuTimeMs(): number {
  const { user, system } = cpuUsage();
  return (user + system) / 1000;
}

export const monotonic: () => number = performance.now.bind(performance);
export const RealDate: DateConstructor = Date;
const exitNow = (process as unknown as { reallyExit: (code: number) => never }).reallyExit.bind(
  process,
);
/** Ends the process at once, without the hooks of `process.exit`. */
export const realExit: (code: number) => never = (code) => exitNow(code);
export const realChdir: (folder: string) => void = process.chdir.bind(process);

/** The file functions as they were before any wrapper. */
export const realFs: Readonly<typeof fs> = Object.freeze({ ...fs });

const writeSync = fs.writeSync.bind(fs);
const pause = new Int32Array(new SharedArrayBuffer(4));

/** Writes a whole text to a file descriptor, waiting where the pipe is full. */
export function writeAll(descriptor: number, text: string): void {
  const bytes = Buffer.from(text, "utf8");
  let offset = 0;
  while (offset < bytes.length) {
    try {
      offset += writeSync(descriptor, bytes, offset, bytes.length - offset);
    } catch (failure) {
      const { code } = failure as { code?: string };
      if (code !== "EAGAIN") throw failure;
      Atomics.wait(pause, 0, 0, 1);
    }
  }
}

function noop(): void {
  // Nothing to drain with: the event loop does it between executions.
}
