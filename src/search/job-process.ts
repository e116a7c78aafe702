import type { Clock } from "../kernel/clock.ts";
import type { TestProgram } from "../contract/program.ts";
import { isOutOfMemory } from "../kernel/out-of-memory.ts";
import type { Sandbox, SandboxEnd, SandboxIdentity } from "../ports/sandbox.ts";
import { HEAVY_MEGABYTES, type Job, type WorkerMessage } from "./protocol.ts";
import { readMessage } from "./read-message.ts";

/** How one search process ended. */
export type JobEnd =
  | {
      readonly kind: "done";
      readonly executions: number;
      readonly isSaturated: boolean;
      readonly needsRestart: boolean;
    }
  /** Killed for silence, crashed, or stopped by itself before it was done. */
  | {
      readonly kind: "lost";
      readonly detail: string;
      /** True when it was killed because it said nothing. */
      readonly isSilent: boolean;
      /** What ran last, as far as the process told. */
      readonly journal: TestProgram | null;
      /** The module that was being loaded. */
      readonly loading: string | null;
      readonly executions: number;
    };

export interface JobProcessDeps {
  readonly sandbox: Sandbox;
  readonly clock: Clock;
  /** Path of the worker's entry file inside the sandbox. */
  readonly entry: string;
}

export interface JobProcessOptions {
  readonly signal: AbortSignal;
  readonly onMessage: (message: WorkerMessage) => void;
  /** Wall time after which the process is killed whatever it says, ms. */
  readonly timeoutMs: number;
  /** IANA zone. */
  readonly timeZone: string;
  readonly identity?: SandboxIdentity;
  /** Silence after which it is killed once it is ready, ms; default: several seconds. */
  readonly silenceMs?: number;
}

/** A process that says nothing for so long hangs, ms. It speaks every 400 ms when it works. */
const SILENCE_MS = 6_000;
/** Once the process has named a program that runs for long, it gets this much more, ms. */
const NAMED_SILENCE_MS = 3_000;
/** Loading a package may take its time. */
const LOAD_SILENCE_MS = 15_000;
const TICK_MS = 250;

/** Runs one job in a fresh sandboxed process and passes on what it says. */
export async function runJobProcess(
  deps: JobProcessDeps,
  job: Job,
  options: JobProcessOptions,
): Promise<JobEnd> {
  await using process = await deps.sandbox.start(
    {
      argv: ["node", ...NODE_FLAGS, deps.entry],
      env: { NODE_NO_WARNINGS: "1", TZ: options.timeZone },
      timeoutMs: options.timeoutMs,
      identity: options.identity ?? "first",
      collect: [],
      collectBytes: 0,
    },
    { signal: options.signal },
  );
  const state: ListenState = {
    journal: null,
    loading: null,
    executions: 0,
    isReady: false,
    isHeavy: false,
    silenceMs: options.silenceMs ?? null,
    end: null,
    failure: "",
  };
  const watch = watchSilence(deps.clock, state, () => {
    process.kill();
  });
  try {
    await process.send(JSON.stringify(job)).catch(() => undefined);
    for await (const line of process.lines) {
      const message = readMessage(line);
      // Naming what runs is no news of its end, where the caller says how long that may take.
      if (options.silenceMs === undefined || message?.kind !== "journal") watch.heard();
      if (message === null) continue;
      take(state, message);
      options.onMessage(message);
      if (state.end !== null) break;
    }
  } finally {
    watch.stop();
  }
  options.signal.throwIfAborted();
  if (state.end !== null) return state.end;
  process.kill();
  const { end, stderr } = await process.ended;
  return {
    kind: "lost",
    detail: watch.hasFired() ? toSilence(state) : state.failure || toDetail(end, stderr),
    isSilent: watch.hasFired(),
    journal: state.journal,
    loading: state.loading,
    executions: state.executions,
  };
}

function toSilence({ isHeavy }: ListenState): string {
  const memory = `, and used more than ${String(HEAVY_MEGABYTES)} MB of memory`;
  return `it said nothing for too long${isHeavy ? memory : ""}`;
}

function toDetail(end: SandboxEnd, stderr: string): string {
  if (end.kind === "memory-exceeded" || isOutOfMemory(stderr)) return "it ran out of memory";
  return `the process ended (${toEndName(end)}) ${stderr.slice(-300)}`.trim();
}

function toEndName(end: SandboxEnd): string {
  if (end.kind === "exited") return `exit code ${String(end.code)}`;
  return end.kind === "signalled" ? end.signal : end.kind;
}

const NODE_FLAGS = [
  "--max-old-space-size=900",
  "--experimental-transform-types",
  "--stack-size=900",
];

interface ListenState {
  journal: TestProgram | null;
  loading: string | null;
  executions: number;
  isReady: boolean;
  /** It said last that it uses much memory. */
  isHeavy: boolean;
  readonly silenceMs: number | null;
  end: JobEnd | null;
  failure: string;
}

function take(state: ListenState, message: WorkerMessage): void {
  switch (message.kind) {
    case "load-start":
      state.loading = message.file;
      break;
    case "load-end":
      state.loading = null;
      break;
    case "ready":
      state.isReady = true;
      break;
    case "journal":
      state.journal = message.program;
      state.isHeavy = message.isHeavy === true;
      break;
    case "beat":
      // It got past whatever it named before.
      state.journal = null;
      state.executions = message.executions;
      break;
    case "failed":
      state.failure = message.detail;
      break;
    case "done":
      state.end = message;
      break;
    default:
      break;
  }
}

function toPatience(state: ListenState): number {
  if (!state.isReady) return LOAD_SILENCE_MS;
  if (state.silenceMs !== null) return state.silenceMs;
  return state.journal === null ? SILENCE_MS : NAMED_SILENCE_MS;
}

interface SilenceWatch {
  heard(): void;
  hasFired(): boolean;
  stop(): void;
}

/** Kills after a silence; a tick that comes late because this process was busy starts the count anew. */
function watchSilence(clock: Clock, state: ListenState, kill: () => void): SilenceWatch {
  const stop = new AbortController();
  let heardAt = clock.monotonic();
  let hasFired = false;
  const watch = async (): Promise<void> => {
    for (;;) {
      const before = clock.monotonic();
      await clock.sleep(TICK_MS, stop.signal);
      const now = clock.monotonic();
      if (now - before > TICK_MS * 3) heardAt = now;
      if (now - heardAt > toPatience(state)) {
        hasFired = true;
        kill();
        return;
      }
    }
  };
  watch().catch(() => undefined);
  return {
    heard() {
      heardAt = clock.monotonic();
    },
    hasFired: () => hasFired,
    stop() {
      stop.abort();
    },
  };
}
