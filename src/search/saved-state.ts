import { mkdir, readFile, rename, writeFile } from "node:fs/promises";
import { join } from "node:path";

import { z } from "zod";

import type { TestProgram } from "../contract/program.ts";
import type { Archive } from "./archive.ts";
import { isWellFormed } from "./engine/program-tools.ts";
import { programSchema } from "./program-schema.ts";
import type { CorpusItem } from "./protocol.ts";

/** What is kept on the host, so that a kill loses at most a second or two of the search. */
interface SavedState {
  /** Hash of sources and seed: a state of anything else is not taken up. */
  readonly key: string;
  readonly usedMs: number;
  readonly items: readonly CorpusItem[];
  readonly kills: readonly { readonly program: TestProgram; readonly kills: readonly string[] }[];
}

/** Name of the saved state in its folder. */
export const SEARCH_STATE_FILE = "search-state.json";
const program = programSchema.refine(isWellFormed);
const stateSchema: z.ZodType<SavedState> = z.strictObject({
  key: z.string(),
  usedMs: z.number().min(0),
  items: z.array(z.strictObject({ program, fresh: z.array(z.number().int().min(0)) })),
  kills: z.array(z.strictObject({ program, kills: z.array(z.string()) })),
});

/** Saves an archive at most once a second. */
export interface StateSaver {
  /** Asks for a save; writes at once or with the next second. */
  touch(nowMs: number): void;
  /** Writes what is there and waits for it. */
  flush(): Promise<void>;
}

const SAVE_EVERY_MS = 1_000;

/** Writes through a temporary file and a rename, so that a kill leaves the old state or the new. */
export function createStateSaver(input: {
  readonly folder: string;
  readonly key: string;
  readonly archive: Archive;
  readonly usedMs: () => number;
}): StateSaver {
  let savedAt = -Infinity;
  let writing: Promise<void> = Promise.resolve();
  let isQueued = false;
  const write = async (): Promise<void> => {
    isQueued = false;
    const state: SavedState = {
      key: input.key,
      usedMs: input.usedMs(),
      items: input.archive.items,
      kills: [...input.archive.killers.values()].map((killer) => ({
        program: killer.program,
        kills: [...killer.kills],
      })),
    };
    await mkdir(input.folder, { recursive: true });
    const path = join(input.folder, SEARCH_STATE_FILE);
    await writeFile(`${path}.new`, JSON.stringify(state));
    await rename(`${path}.new`, path);
  };
  const queue = (): void => {
    if (isQueued) return;
    isQueued = true;
    // A full disk must not end the search; the run folder reports it on its own writes.
    writing = writing.then(write).catch(() => undefined);
  };
  return {
    touch(nowMs) {
      if (nowMs - savedAt < SAVE_EVERY_MS) return;
      savedAt = nowMs;
      queue();
    },
    async flush() {
      queue();
      await writing;
    },
  };
}

/** Takes up a state that an earlier, interrupted search left; answers the time it had used, ms. */
export async function restoreState(folder: string, key: string, archive: Archive): Promise<number> {
  let text: string;
  try {
    text = await readFile(join(folder, SEARCH_STATE_FILE), "utf8");
  } catch {
    return 0;
  }
  const state = parseState(text);
  if (state?.key !== key) return 0;
  for (const item of state.items) archive.addItem(item);
  for (const killer of state.kills) archive.addKills(killer.program, killer.kills);
  return state.usedMs;
}

/** Search time that the state saved in a folder stands for, ms; 0 without one. */
export async function readSavedMs(folder: string): Promise<number> {
  const text = await readFile(join(folder, SEARCH_STATE_FILE), "utf8").catch(() => "");
  return parseState(text)?.usedMs ?? 0;
}

function parseState(text: string): SavedState | null {
  try {
    return stateSchema.parse(JSON.parse(text));
  } catch {
    return null;
  }
}
