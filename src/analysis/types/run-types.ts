import { getCompileCacheDir } from "node:module";
import { dirname } from "node:path";
import { Worker } from "node:worker_threads";
import { toSentence } from "../../contract/to-sentence.ts";
import type { Clock } from "../../kernel/clock.ts";
import { toEntryPath } from "../../kernel/entry-url.ts";
import type { TypedCallable, TypeJob, TypeMessage, TypeRequest } from "./protocol.ts";

/** What the checker said before it ended or its time was over. */
export interface TypeResult {
  /** By project-relative entry file. */
  readonly callables: ReadonlyMap<string, readonly TypedCallable[]>;
  readonly literals: ReadonlyMap<string, readonly (string | number)[]>;
  readonly notes: readonly string[];
  /** True when time or memory cut it short, so that another run may see more. */
  readonly isPartial: boolean;
}

/** Loading the compiler is not the target's doing; it gets its own, generous bound. */
const LOAD_LIMIT_MS = 60_000;
const HEAP_LIMIT_MB = 1_024;

/**
 * Runs the checker in a worker thread for at most `timeLimitMs` once TypeScript is loaded. Never throws
 * for what the target's types do; a partial result carries a note.
 */
export async function runTypes(
  clock: Clock,
  request: TypeRequest,
  timeLimitMs: number,
): Promise<TypeResult> {
  const callables = new Map<string, readonly TypedCallable[]>();
  const literals = new Map<string, readonly (string | number)[]>();
  const notes: string[] = [];
  if (request.entries.length === 0) return { callables, literals, notes, isPartial: false };
  const job: TypeJob = { request, compileCache: findCompileCache() };
  const worker = new Worker(toEntryPath(import.meta.url, "./types-worker"), {
    workerData: job,
    env: {},
    execArgv: [],
    resourceLimits: { maxOldGenerationSizeMb: HEAP_LIMIT_MB },
  });
  const stop = new AbortController();
  const ready = new AbortController();
  const ended = new Promise<string | null>((resolve) => {
    worker.on("message", (message: TypeMessage) => {
      if (message.kind === "ready") ready.abort();
      else if (message.kind === "entry") {
        callables.set(message.file, message.callables);
        literals.set(message.file, message.literals);
      } else if (message.kind === "problem") {
        notes.push(toSentence("types-of-file", { file: message.file, why: message.message }));
      } else resolve(null);
    });
    worker.on("error", (error: Error) => {
      resolve(error.message);
    });
    worker.on("exit", () => {
      resolve("the type checker ended early");
    });
  });
  const timedOut = waitForLimit(clock, ready.signal, stop.signal, timeLimitMs);
  const problem = await Promise.race([ended, timedOut]);
  stop.abort();
  await worker.terminate();
  if (problem !== null) notes.push(toSentence("types-partial", { why: problem }));
  return { callables, literals, notes, isPartial: problem !== null };
}

/** As it was given to Node, which adds a folder for its version. */
function findCompileCache(): string | null {
  const folder = getCompileCacheDir();
  return folder === undefined ? null : dirname(folder);
}

/** Resolves when the loading limit or, once loaded, the working limit is over; never after `stop`. */
async function waitForLimit(
  clock: Clock,
  ready: AbortSignal,
  stop: AbortSignal,
  timeLimitMs: number,
): Promise<string> {
  await clock.sleep(LOAD_LIMIT_MS, AbortSignal.any([ready, stop])).catch(() => undefined);
  if (!stop.aborted && ready.aborted) {
    await clock.sleep(timeLimitMs, stop).catch(() => undefined);
  }
  return `the type checker was stopped after ${Math.round(timeLimitMs / 1000)} s`;
}
