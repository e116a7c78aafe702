import { type ChildProcess, spawn } from "node:child_process";
import type { Clock } from "../../../../kernel/clock.ts";
import { toEntryPath } from "../../../../kernel/entry-url.ts";
import { RegooseError, toMessage } from "../../../../kernel/errors.ts";
import { createModelError, createModelTimedOut, type RequestFacts } from "../../errors.ts";
import { createLibraryMissing, toFailure } from "./gguf-errors.ts";
import {
  type GenerateBody,
  type GenerateEnd,
  type GenerateFailure,
  type ModelFile,
  type ModelOrder,
  type ModelReply,
  replySchema,
  type Unloadable,
} from "./protocol.ts";

/** Models of this machine, each in a process of its own that is started at the first question and asked again. */
export interface ModelProcesses extends AsyncDisposable {
  /**
   * Loads the model unless it is loaded.
   * @throws ModelGone (RGS-4005), ProviderDown (RGS-4008), ModelTimedOut (RGS-4009), LocalLibraryMissing (RGS-4022), and the
   * signal's reason
   */
  open(
    file: ModelFile,
    facts: RequestFacts,
    options: { readonly signal: AbortSignal; readonly limitMs: number },
  ): Promise<ModelProcess>;
}

/** A model that is loaded. */
export interface ModelProcess {
  /** What it calls itself. */
  readonly name: string;
  /**
   * @throws ModelRequestRejected (RGS-4003), ContextOverflow (RGS-4006), ProviderDown (RGS-4008), and the signal's reason
   */
  generate(
    body: GenerateBody,
    facts: RequestFacts,
    options: { readonly signal: AbortSignal; readonly onText: (text: string) => void },
  ): Promise<GenerateEnd>;
}

interface Deps {
  readonly clock: Clock;
  /** Starts the process of a model. @defaultValue Node with `gguf-main` */
  readonly start?: (() => ChildProcess) | undefined;
}

/** Who does not heed an abort for so long is killed; the next question starts another process. */
const ABORT_MS = 3_000;
const KEPT_OUTPUT = 2_000;

export function createModelProcesses({ clock, start = startModelProcess }: Deps): ModelProcesses {
  const running = new Map<string, Running>();
  let isClosed = false;
  return {
    async open(file, facts, { signal, limitMs }) {
      signal.throwIfAborted();
      if (isClosed) throw new RegooseError("RGS-1300", "the models of this machine are closed");
      const key = JSON.stringify([file.path, file.contextTokens]);
      let one = running.get(key);
      if (one === undefined || one.isOver()) {
        one = createRunning(clock, start(), file);
        running.set(key, one);
      }
      const own = one;
      const loaded = await within(clock, own.loaded, { facts, signal, limitMs });
      if (loaded.is === "loaded")
        return {
          name: loaded.name,
          generate: (body, about, options) => own.generate(body, about, options),
        };
      // A file that was put right, or a library that was installed, is found by the next question.
      own.kill();
      throw loaded.is === "unloadable" ? toUnloadable(loaded, file, facts) : own.toDead(facts);
    },
    async [Symbol.asyncDispose]() {
      isClosed = true;
      const all = [...running.values()];
      running.clear();
      for (const one of all) one.kill();
      await Promise.all(all.map(({ over }) => over));
    },
  };
}

/** `node`: arguments of Node's own. */
export function startModelProcess(...node: readonly string[]): ChildProcess {
  return spawn(process.execPath, [...node, toEntryPath(import.meta.url, "./gguf-main")], {
    stdio: ["ignore", "ignore", "pipe", "ipc"],
    windowsHide: true,
  });
}

function toUnloadable(
  { why, message }: Unloadable,
  file: ModelFile,
  facts: RequestFacts,
): RegooseError {
  if (why === "library") return createLibraryMissing(facts, message);
  return createModelError("RGS-4005", facts, `cannot be loaded from ${file.path}: ${message}`);
}

type Loaded = Extract<ModelReply, { readonly is: "loaded" }> | Unloadable | { readonly is: "dead" };

interface Running {
  readonly loaded: Promise<Loaded>;
  /** Settles when the process is gone. */
  readonly over: Promise<void>;
  isOver(): boolean;
  kill(): void;
  toDead(facts: RequestFacts): RegooseError;
  readonly generate: ModelProcess["generate"];
}

interface Asked {
  readonly onText: (text: string) => void;
  /** Null: the process is gone. */
  readonly settle: (reply: GenerateEnd | GenerateFailure | null) => void;
}

function createRunning(clock: Clock, child: ChildProcess, file: ModelFile): Running {
  const asked = new Map<number, Asked>();
  const { loaded, over, end } = follow(child, asked);
  let questions = 0;
  const send = (order: ModelOrder): void => {
    // Of a channel that is closed, the exit tells.
    child.send(order, () => undefined);
  };
  const kill = (): void => {
    child.kill("SIGKILL");
  };
  const toDead = (facts: RequestFacts): RegooseError =>
    createModelError("RGS-4008", facts, `lost the process that it runs in: it ${end.why ?? ""}`, {
      details: { output: end.output.trim() },
    });
  send({ do: "load", file });
  return {
    ...{ loaded, over, kill, toDead, isOver: () => end.why !== null },
    async generate(body, facts, { signal, onText }) {
      signal.throwIfAborted();
      if (end.why !== null) throw toDead(facts);
      const id = (questions += 1);
      const { promise, resolve: settle } = Promise.withResolvers<Parameters<Asked["settle"]>[0]>();
      asked.set(id, { onText, settle });
      const onAbort = (): void => {
        send({ do: "abort", id });
        void killUnlessHeeded(clock, promise, kill);
      };
      signal.addEventListener("abort", onAbort, { once: true });
      send({ do: "generate", id, body });
      try {
        const reply = await promise;
        signal.throwIfAborted();
        if (reply === null) throw toDead(facts);
        if (reply.is === "end") return reply;
        throw toFailure(reply, facts);
      } finally {
        asked.delete(id);
        signal.removeEventListener("abort", onAbort);
      }
    },
  };
}

interface Followed extends Pick<Running, "loaded" | "over"> {
  readonly end: {
    /** How the process ended, as the end of a sentence; null while it runs. */
    why: string | null;
    /** The last of what it, or the native library, has said. */
    output: string;
  };
}

/** Hands on what the process says; its end settles everything that is open. */
function follow(child: ChildProcess, asked: ReadonlyMap<number, Asked>): Followed {
  const { promise: loaded, resolve: setLoaded } = Promise.withResolvers<Loaded>();
  const { promise: over, resolve: setOver } = Promise.withResolvers<undefined>();
  const end: Followed["end"] = { why: null, output: "" };
  const finish = (why: string): void => {
    end.why ??= why;
    setLoaded({ is: "dead" });
    for (const { settle } of asked.values()) settle(null);
    setOver(undefined);
  };
  child.stderr?.setEncoding("utf8").on("data", (piece: string) => {
    end.output = `${end.output}${piece}`.slice(-KEPT_OUTPUT);
  });
  child.on("error", (failure) => {
    finish(`failed (${toMessage(failure)})`);
  });
  child.on("exit", (code, killed) => {
    finish(killed === null ? `ended with exit code ${code ?? 0}` : `was killed by ${killed}`);
  });
  child.on("message", (message) => {
    const { data: reply } = replySchema.safeParse(message);
    // Whoever says what was not agreed upon is not asked again.
    if (reply === undefined) child.kill("SIGKILL");
    else if (reply.is === "loaded" || reply.is === "unloadable") setLoaded(reply);
    else if (reply.is === "text") asked.get(reply.id)?.onText(reply.text);
    else asked.get(reply.id)?.settle(reply);
  });
  return { loaded, over, end };
}

/** A process that runs on, whatever it is told, is no longer asked anything. */
async function killUnlessHeeded(
  clock: Clock,
  settled: Promise<unknown>,
  kill: () => void,
): Promise<void> {
  const stop = new AbortController();
  void settled.then(() => {
    stop.abort(new Error("it heeded"));
  });
  await clock.sleep(ABORT_MS, stop.signal).then(kill, () => undefined);
}

/** Waits for the model to load, and no longer than may be. The process goes on loading for the next question. */
async function within<T>(
  clock: Clock,
  work: Promise<T>,
  options: {
    readonly facts: RequestFacts;
    readonly signal: AbortSignal;
    readonly limitMs: number;
  },
): Promise<T> {
  const stop = new AbortController();
  const waiting = AbortSignal.any([options.signal, stop.signal]);
  const late = clock.sleep(Math.min(options.limitMs, 2 ** 31 - 1), waiting).then(() => {
    throw createModelTimedOut(options.facts, "load", options.limitMs);
  });
  late.catch(() => undefined);
  try {
    return await Promise.race([work, late]);
  } finally {
    stop.abort(new Error("nobody waits any more"));
  }
}
