import { constants } from "node:fs";
import { open, rename } from "node:fs/promises";
import { join } from "node:path";
import { z } from "zod";

import { EXPOSURE_RECORD, OUTCOME_RECORD } from "../../contract/feature-flags.ts";
import type { RunRecord } from "../../contract/run-record.ts";
import type { RunRecords } from "../../ports/run-store.ts";
import { syncFolder } from "../durable-files.ts";

/** Records that outlive the runs that they stand in, as lines of one file. */
export interface LastingRecords {
  /** Keeps what lasts of a run that is about to be removed; nothing where nothing does. */
  keep(runId: string, records: readonly RunRecord[]): Promise<void>;
  /** In the order in which they were kept; a run that was kept twice comes twice. */
  read(): Promise<readonly RunRecords[]>;
}

const NAMES: ReadonlySet<string> = new Set([EXPOSURE_RECORD, OUTCOME_RECORD]);
const FILE = "experiments.ndjson";
const OLDER_FILE = "experiments.1.ndjson";
/** A line is about a kilobyte: some thousand runs a file, two files. */
const MOST_BYTES = 8 * 1024 * 1024;

const lineSchema: z.ZodType<RunRecords> = z.object({
  runId: z.string(),
  records: z.array(
    z.object({
      sequence: z.number(),
      epoch: z.number(),
      at: z.string(),
      name: z.string(),
      data: z.record(z.string(), z.unknown()),
    }),
  ),
});

/** Whether a record outlives its run. */
export function isLasting({ name }: RunRecord): boolean {
  return NAMES.has(name);
}

/** The lasting records of one project, below its `.regoose`. */
export function createLastingRecords(home: string): LastingRecords {
  const path = join(home, FILE);
  return {
    async keep(runId, records) {
      const lasting = records.filter(isLasting);
      if (lasting.length === 0) return;
      // Before a line too: one that was cut short must not take this one with it.
      const isFull = await append(path, `\n${JSON.stringify({ runId, records: lasting })}\n`);
      if (isFull) await rename(path, join(home, OLDER_FILE));
      // The run is removed next, so the name of what is left of it has to be there first.
      await syncFolder(home);
    },
    async read() {
      const texts = [await readText(join(home, OLDER_FILE)), await readText(path)];
      return texts.flatMap((text) => text.split("\n").flatMap(toLine));
    },
  };
}

// The folder lies in a project that anyone may have sent: a link there leads nowhere.
const { O_APPEND, O_CREAT, O_NOFOLLOW, O_NONBLOCK, O_RDONLY, O_WRONLY } = constants;

/** One call writes the whole line, so that two processes never mix theirs. */
async function append(path: string, line: string): Promise<boolean> {
  const file = await open(path, O_APPEND | O_CREAT | O_WRONLY | O_NOFOLLOW | O_NONBLOCK, 0o644);
  try {
    await file.appendFile(line);
    await file.sync();
    return (await file.stat()).size > MOST_BYTES;
  } finally {
    await file.close();
  }
}

async function readText(path: string): Promise<string> {
  const file = await open(path, O_RDONLY | O_NOFOLLOW | O_NONBLOCK).catch(() => null);
  if (file === null) return "";
  try {
    const stats = await file.stat();
    if (!stats.isFile()) return "";
    const { buffer, bytesRead } = await file.read(
      Buffer.alloc(Math.min(stats.size, 2 * MOST_BYTES)),
    );
    return buffer.toString("utf8", 0, bytesRead);
  } finally {
    await file.close();
  }
}

/** What a crash cut short, or somebody else wrote, is no line. */
function toLine(text: string): readonly RunRecords[] {
  try {
    const parsed = lineSchema.safeParse(JSON.parse(text));
    return parsed.success ? [parsed.data] : [];
  } catch {
    return [];
  }
}
