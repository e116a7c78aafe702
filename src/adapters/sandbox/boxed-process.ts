import { spawn, type ChildProcess, type StdioOptions } from "node:child_process";
import { closeSync, openSync } from "node:fs";
import type { Readable, Writable } from "node:stream";
import { isMainThread } from "node:worker_threads";
import type { Clock } from "../../kernel/clock.ts";
import { toMessage, type RegooseError } from "../../kernel/errors.ts";
import { createMachineBusy, isBusy } from "../../kernel/machine-busy.ts";
import { SandboxSetupFailed } from "./errors.ts";
import { listInheritedDescriptors } from "./inherited-descriptors.ts";
import { OutputSink } from "./output-sink.ts";

/** Why we killed a process ourselves. */
export type KillReason =
  "timed-out" | "output-exceeded" | "disk-exceeded" | "cancelled" | "killed" | "setup-timed-out";

/** A process to start, with everything that bounds it. */
export interface ProcessPlan {
  readonly file: string;
  readonly args: readonly string[];
  readonly env: Readonly<Record<string, string>>;
  readonly cwd: string;
  /** A file opened read-only as descriptor 3, or null. */
  readonly descriptor3: string | null;
  readonly outputBytes: number;
  /** Cap of what comes over descriptor 4. */
  readonly controlBytes: number;
}

/** How a process ended, before anyone has judged it. */
export interface ProcessExit {
  readonly code: number | null;
  readonly signal: string | null;
  readonly killedFor: KillReason | null;
  readonly stderr: string;
  readonly control: Buffer;
  readonly durationMs: number;
}

/** A running process group. */
export interface BoxedProcess {
  /** -1 where it could not be started; `exit` says why. */
  readonly pid: number;
  readonly stdin: Writable;
  readonly stdout: Readable;
  /** Settles once all its streams are closed; rejects only when it could not be started. */
  readonly exit: Promise<ProcessExit>;
  /** SIGKILL to the process and its group. The first reason wins. */
  kill(reason: KillReason): void;
  /** Kills for `reason` after `durationMs`, in place of the timer before. */
  setTimer(durationMs: number, reason: KillReason): void;
  /** Calls back with each chunk on descriptor 4. */
  onControl(listener: (chunk: Buffer) => void): void;
  /** Calls back when the process has ended, though its streams may still hold data. */
  onExit(listener: () => void): void;
}

/** Streams that a killed process's heirs hold open are given up after this. */
const CLOSE_GRACE_MS = 5_000;

/**
 * Starts a process as our direct child. Must be called on the main thread: the parent-death signal of
 * Linux is tied to the thread that forks (prctl(2)), and a worker's end would kill the sandbox.
 * @throws SandboxSetupFailed (RGS-7002), MachineBusy (RGS-7504)
 */
export function startBoxedProcess(plan: ProcessPlan, clock: Clock): BoxedProcess {
  if (!isMainThread) {
    throw new SandboxSetupFailed(
      "a sandbox was started from a worker thread",
      "start sandboxes from the main thread: a worker's end would kill them",
    );
  }
  const startedAt = clock.monotonic();
  const child = spawnWithDescriptors(plan);
  const stderr = new OutputSink(plan.outputBytes);
  const control = new OutputSink(plan.controlBytes);
  const controlStream = child.stdio[4] as Readable;
  let killedFor: KillReason | null = null;
  let timer: NodeJS.Timeout | undefined;

  const kill = (reason: KillReason): void => {
    if (child.exitCode !== null || child.signalCode !== null) return;
    killedFor ??= reason;
    killGroup(child);
  };
  child.stderr?.on("data", (chunk: Buffer) => {
    if (!stderr.push(chunk)) kill("output-exceeded");
  });
  controlStream.on("data", (chunk: Buffer) => {
    if (!control.push(chunk)) kill("output-exceeded");
  });
  // A box that dies while we write to it, or is killed while we read, is no failure of ours.
  for (const stream of child.stdio) stream?.on("error", () => undefined);

  const forget = killAtExit(child);
  const exit = waitForClose(child, plan.file)
    .finally(() => {
      clearTimeout(timer);
      forget();
    })
    .then(({ code, signal }): ProcessExit => ({
      code,
      signal,
      killedFor,
      stderr: stderr.toText(),
      control: control.toBytes(),
      durationMs: clock.monotonic() - startedAt,
    }));
  return {
    pid: child.pid ?? -1,
    stdin: child.stdin as Writable,
    stdout: child.stdout as Readable,
    exit,
    kill,
    setTimer(durationMs, reason) {
      clearTimeout(timer);
      timer = setTimeout(() => {
        kill(reason);
      }, durationMs);
    },
    onControl(listener) {
      controlStream.on("data", listener);
    },
    onExit(listener) {
      child.once("exit", listener);
    },
  };
}

const running = new Set<ChildProcess>();

/** Where this process ends in haste, nothing may run on; not every system kills children with their parent. */
function killAtExit(child: ChildProcess): () => void {
  if (running.size === 0) process.once("exit", killAll);
  running.add(child);
  return () => {
    running.delete(child);
    if (running.size === 0) process.off("exit", killAll);
  };
}

function killAll(): void {
  for (const child of running) killGroup(child);
}

function spawnWithDescriptors(plan: ProcessPlan): ChildProcess {
  const opened: number[] = [];
  const open = (path: string): number => {
    const descriptor = openSync(path, "r");
    opened.push(descriptor);
    return descriptor;
  };
  try {
    const stdio: Exclude<StdioOptions, string> = ["pipe", "pipe", "pipe", "ignore", "pipe"];
    if (plan.descriptor3 !== null) stdio[3] = open(plan.descriptor3);
    const inherited = listInheritedDescriptors(stdio.length);
    if (inherited.length > 0) {
      const nothing = open("/dev/null");
      while (stdio.length <= Math.max(...inherited)) {
        stdio.push(inherited.includes(stdio.length) ? nothing : "ignore");
      }
    }
    return spawn(plan.file, plan.args, {
      cwd: plan.cwd,
      // Named here, since Node passes this one on to a child whose environment lacks the name.
      env: { NODE_V8_COVERAGE: undefined, ...plan.env },
      // A group and session of its own: a terminal's Ctrl-C reaches us, and we decide.
      detached: true,
      stdio,
    });
  } catch (failure) {
    if (failure instanceof SandboxSetupFailed) throw failure;
    throw createStartFailed(plan.file, failure);
  } finally {
    for (const descriptor of opened) closeSync(descriptor);
  }
}

function createStartFailed(file: string, cause: unknown): RegooseError {
  if (isBusy(cause)) return createMachineBusy(`could not start ${file}`, cause);
  return new SandboxSetupFailed(
    `could not start ${file}: ${toMessage(cause)}`,
    "run `regoose doctor` to see what this machine lacks",
    cause,
  );
}

function killGroup(child: ChildProcess): void {
  if (child.pid === undefined) return;
  try {
    process.kill(-child.pid, "SIGKILL");
  } catch {
    // The group is gone, or not yet made: the child itself is still ours to kill.
  }
  child.kill("SIGKILL");
}

function waitForClose(
  child: ChildProcess,
  file: string,
): Promise<{ code: number | null; signal: string | null }> {
  return new Promise((resolve, reject) => {
    let grace: NodeJS.Timeout | undefined;
    child.once("error", (failure) => {
      if (child.pid !== undefined) return;
      reject(createStartFailed(file, failure));
    });
    child.once("exit", () => {
      grace = setTimeout(() => {
        for (const stream of child.stdio) stream?.destroy();
      }, CLOSE_GRACE_MS);
    });
    child.once("close", (code, signal) => {
      clearTimeout(grace);
      resolve({ code, signal });
    });
  });
}
