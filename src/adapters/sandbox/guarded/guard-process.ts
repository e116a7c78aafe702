import module from "node:module";

/** Undocumented parts of `process` through which a signal or a debugger reaches other processes. */
interface ProcessInternals {
  _kill: (pid: number, signal: number) => number;
  _debugProcess?: (pid: number) => void;
}

const EPERM = -1;
const PARENT_CHECK_MS = 500;

/** Lets signals reach this process only, and ends it when its parent is gone. */
export function guardProcess(): void {
  const internals = process as unknown as ProcessInternals;
  const kill = internals._kill.bind(process);
  // `process.kill` goes through this one, and turns the answer into the usual error.
  internals._kill = (pid, signal) => (pid === process.pid ? kill(pid, signal) : EPERM);
  internals._debugProcess = () => {
    throw new Error("no other process can be debugged from here");
  };
  // Would write outside: the permission model does not see it.
  module.enableCompileCache = () => ({ status: module.constants.compileCacheStatus.DISABLED });
  const parent = process.ppid;
  setInterval(() => {
    // Where the kernel has no parent-death signal, this ends all but a busy loop.
    if (process.ppid !== parent) process.kill(process.pid, "SIGKILL");
  }, PARENT_CHECK_MS).unref();
}
