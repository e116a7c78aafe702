import { appendFile, mkdir } from "node:fs/promises";
import { join } from "node:path";

import { z } from "zod";

import { shortHash } from "../kernel/hash.ts";
import type { JobEnd } from "./job-process.ts";
import type { Job, WorkerMessage } from "./protocol.ts";
import { messageSchema } from "./read-message.ts";
import { parseLine, readWholeLines, type WholeLines } from "./saved/whole-lines.ts";

/** Name of the tape in its folder. */
export const SEARCH_TAPE_FILE = "search-tape.ndjson";
/** Above this the tape is not written any further, bytes. */
const MAX_BYTES = 64 * 1024 * 1024;

/**
 * What the jobs of a search by executions said. Each job follows from its seed and from the jobs before it, so an
 * interrupted search that hears the same answers again goes on at the first job that was not done, and ends with the
 * same suite.
 */
export interface JobTape {
  /** Names the next job of this seed; call it once for each job, in the order of the search. */
  nameNext(job: Job): string;
  /** What a job of this name said before; null for one that was not done, or was another one. */
  find(name: string, job: Job): TapedJob | null;
  /** Keeps what a job said. */
  add(name: string, job: Job, taped: TapedJob): Promise<void>;
  /** Ends the tape: from here on the search hangs on more than its seed. */
  stop(): void;
}

/** One job that was done. */
export interface TapedJob {
  readonly messages: readonly WorkerMessage[];
  readonly end: Extract<JobEnd, { kind: "done" }>;
}

const end = z.strictObject({
  kind: z.literal("done"),
  executions: z.number().int().min(0),
  isSaturated: z.boolean(),
  needsRestart: z.boolean(),
});
const lineSchema = z.strictObject({
  search: z.string(),
  name: z.string(),
  job: z.string(),
  messages: z.array(messageSchema),
  end,
});

/** Messages that only matter while the process lives. */
const PASSING: ReadonlySet<WorkerMessage["kind"]> = new Set([
  "beat",
  "done",
  "failed",
  "journal",
  "kills-so-far",
  "load-start",
  "ready",
]);

/** Whether a message says something that the search builds on. */
export function isTaped({ kind }: WorkerMessage): boolean {
  return !PASSING.has(kind);
}

/**
 * Opens the tape in `folder`; `key` stands for the sources and the seed: lines of any other search are passed over. A
 * line that was being written when the process died is cut off.
 */
export async function openJobTape(folder: string, key: string): Promise<JobTape> {
  const path = join(folder, SEARCH_TAPE_FILE);
  const { lines, bytes } = await readLines(path);
  const known = new Map<string, { readonly job: string; readonly taped: TapedJob }>();
  for (const line of lines) {
    const read = parseLine(lineSchema, line);
    if (read?.search !== key) continue;
    known.set(read.name, { job: read.job, taped: { messages: read.messages, end: read.end } });
  }
  const counts = new Map<string, number>();
  let written = bytes;
  let isStopped = false;
  let writing: Promise<void> = Promise.resolve();
  return {
    nameNext({ seed }) {
      const count = counts.get(seed) ?? 0;
      counts.set(seed, count + 1);
      return `${seed}#${count}`;
    },
    find(name, job) {
      const found = isStopped ? undefined : known.get(name);
      return found?.job === toJobHash(job) ? found.taped : null;
    },
    async add(name, job, taped) {
      if (isStopped) return;
      const line = `${JSON.stringify({ search: key, name, job: toJobHash(job), ...taped })}\n`;
      written += Buffer.byteLength(line);
      if (written > MAX_BYTES) isStopped = true;
      else {
        // One at a time, and a full disk must not end the search: the run folder reports it on its own writes.
        writing = writing.then(() => appendFile(path, line)).catch(() => undefined);
        await writing;
      }
    },
    stop() {
      isStopped = true;
    },
  };
}

async function readLines(path: string): Promise<WholeLines> {
  const found = await readWholeLines(path);
  if (found !== null) return found;
  await mkdir(join(path, ".."), { recursive: true });
  return { lines: [], bytes: 0 };
}

/** Everything that a job's answers follow from; where its sandbox lies is not part of it. */
function toJobHash(job: Job): string {
  return shortHash(JSON.stringify({ ...job, workRoot: "" }));
}
