import { mkdir, readFile, rename, writeFile } from "node:fs/promises";
import { join } from "node:path";

import { z } from "zod";

import type { TestProgram } from "../../contract/program.ts";
import type { Clock } from "../../kernel/clock.ts";
import { isWellFormed } from "../engine/program-tools.ts";
import { programSchema } from "../program-schema.ts";
import type { CorpusItem } from "../protocol.ts";
import { crewMemorySchema, EMPTY_MEMORY, type CrewMemory } from "./crew-memory.ts";
import type { Kills } from "./running-finds.ts";

/** What is kept on the host, so that a kill loses at most a second or two of the search. */
export interface SavedState {
  /** Hash of sources and seed: a state of anything else is not taken up. */
  readonly key: string;
  /** Time of its budget that the search has used for what is saved here, ms. */
  readonly usedMs: number;
  readonly items: readonly CorpusItem[];
  readonly kills: readonly Kills[];
  /** Keys of programs that were run against all mutants, by island. */
  readonly evaluated: readonly (readonly string[])[];
  /** Callees that change what later programs find. */
  readonly deferred: readonly string[];
  /** Programs that did not seem to end. */
  readonly suspects: readonly TestProgram[];
  readonly crew: CrewMemory;
}

/** Name of the saved state in its folder. */
export const SEARCH_STATE_FILE = "search-state.json";
const program = programSchema.refine(isWellFormed);
// The first releases saved items and kills alone.
const stateSchema: z.ZodType<SavedState> = z.strictObject({
  key: z.string(),
  usedMs: z.number().min(0),
  items: z.array(z.strictObject({ program, fresh: z.array(z.number().int().min(0)) })),
  kills: z.array(z.strictObject({ program, kills: z.array(z.string()) })),
  evaluated: z.array(z.array(z.string())).default([]),
  deferred: z.array(z.string()).default([]),
  suspects: z.array(program).default([]),
  crew: crewMemorySchema.default(EMPTY_MEMORY),
});

/** Saves a search at most once a second. */
export interface StateSaver extends AsyncDisposable {
  /** Asks for a save: it begins at once, or a second after the one before. */
  touch(): void;
  /** Writes what is there and waits for it. */
  flush(): Promise<void>;
}

const SAVE_EVERY_MS = 1_000;

/**
 * Writes through a temporary file and a rename, so that a kill leaves the old state or the new. Disposing writes a
 * last time. `read` is asked when a write begins: finds and the time that they took are of one moment.
 */
export function createStateSaver(input: {
  readonly folder: string;
  readonly clock: Clock;
  readonly read: () => SavedState;
}): StateSaver {
  const { folder, clock, read } = input;
  const closing = new AbortController();
  let savedAt = -Infinity;
  let isWaiting = false;
  let isQueued = false;
  let writing: Promise<void> = Promise.resolve();
  const write = async (): Promise<void> => {
    isQueued = false;
    savedAt = clock.monotonic();
    await mkdir(folder, { recursive: true });
    const path = join(folder, SEARCH_STATE_FILE);
    await writeFile(`${path}.new`, JSON.stringify(read()));
    await rename(`${path}.new`, path);
  };
  const flush = async (): Promise<void> => {
    if (!isQueued) {
      isQueued = true;
      // A full disk must not end the search; the run folder reports it on its own writes.
      writing = writing.then(write).catch(() => undefined);
    }
    await writing;
  };
  const flushLater = async (): Promise<void> => {
    const restMs = savedAt + SAVE_EVERY_MS - clock.monotonic();
    if (restMs > 0) await clock.sleep(restMs, closing.signal, { isBackground: true });
    // What is found while this is written asks for the next one.
    isWaiting = false;
    await flush();
  };
  return {
    touch() {
      if (isWaiting || closing.signal.aborted) return;
      isWaiting = true;
      // Ended by the last write, which is on its way then.
      flushLater().catch(() => undefined);
    },
    flush,
    async [Symbol.asyncDispose]() {
      if (closing.signal.aborted) return;
      closing.abort();
      await flush();
    },
  };
}

/** What an earlier, interrupted search of this key left; null without one. */
export async function readSavedState(folder: string, key: string): Promise<SavedState | null> {
  const state = await read(folder);
  return state?.key === key ? state : null;
}

/** Search time that the state saved in a folder stands for, ms; 0 without one. */
export async function readSavedMs(folder: string): Promise<number> {
  return (await read(folder))?.usedMs ?? 0;
}

async function read(folder: string): Promise<SavedState | null> {
  try {
    return stateSchema.parse(JSON.parse(await readFile(join(folder, SEARCH_STATE_FILE), "utf8")));
  } catch {
    return null;
  }
}
