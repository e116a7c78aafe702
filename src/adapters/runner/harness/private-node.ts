import type * as NodeFs from "node:fs";
import type * as NodeVm from "node:vm";
import type * as NodeWorkers from "node:worker_threads";

/**
 * What the harness needs of Node, held before target code runs and may replace it. Harness files
 * import nothing but one another: they are joined into one script (see `compose-harness.ts`).
 */
export interface PrivateNode {
  readonly fs: Pick<
    typeof NodeFs,
    "writeSync" | "openSync" | "closeSync" | "readFileSync" | "writeFileSync" | "renameSync"
  >;
  readonly monotonic: () => number;
  readonly setTimeout: typeof setTimeout;
  readonly clearTimeout: typeof clearTimeout;
  readonly setImmediate: typeof setImmediate;
  readonly setInterval: typeof setInterval;
  readonly clearInterval: typeof clearInterval;
  readonly countActiveResources: () => number;
  readonly listActiveResources: () => readonly string[];
  readonly workers: typeof NodeWorkers;
  readonly vm: typeof NodeVm;
}

/** Takes private references; to be called before anything of the target is loaded. */
export function takePrivateNode(): PrivateNode {
  const fs = process.getBuiltinModule("node:fs");
  const { writeSync, openSync, closeSync, readFileSync, writeFileSync, renameSync } = fs;
  const now = performance.now.bind(performance);
  const resources = process.getActiveResourcesInfo.bind(process);
  return {
    fs: { writeSync, openSync, closeSync, readFileSync, writeFileSync, renameSync },
    monotonic: now,
    setTimeout,
    clearTimeout,
    setImmediate,
    setInterval,
    clearInterval,
    countActiveResources: () => resources().length,
    listActiveResources: resources,
    vm: process.getBuiltinModule("node:vm"),
    workers: process.getBuiltinModule("node:worker_threads"),
  };
}
