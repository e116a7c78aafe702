import { open, readFile, truncate } from "node:fs/promises";
import type { FileHandle } from "node:fs/promises";

import { z } from "zod";

import type { TestRunReport } from "../../contract/test-run.ts";
import type { Clock } from "../../kernel/clock.ts";
import type { KeptReport, RunReports } from "../../ports/run-reports.ts";

/** Above this the file is not written any further, bytes. */
const MAX_BYTES = 128 * 1024 * 1024;
/** The file is forced to the disk no more often, ms. */
const SYNC_EVERY_MS = 2_000;

/** What stands in one file. */
export type RunReportFile = RunReports & AsyncDisposable;

/** What the reports belong to, and how one is read. */
export interface RunReportOptions {
  /** Stands for all that the runs have in common: lines of any other are passed over. */
  readonly context: string;
  /** The file lies in a project that anyone may have sent. */
  readonly schema: z.ZodType<TestRunReport>;
}

/**
 * Reports as lines of a file, appended as they come. A line that was being written when the process died is cut off.
 * Disposing forces the rest to the disk.
 */
export async function openRunReports(
  { clock }: { readonly clock: Clock },
  path: string,
  options: RunReportOptions,
): Promise<RunReportFile> {
  const { known, bytes } = await readReports(path, options);
  const writer = await openWriter(clock, path);
  let written = bytes;
  return {
    find: (name) => known.get(name) ?? null,
    async add(name, kept) {
      const line = `${JSON.stringify({ context: options.context, name, ...kept })}\n`;
      written += Buffer.byteLength(line);
      if (written <= MAX_BYTES) await writer.append(line);
    },
    [Symbol.asyncDispose]: () => writer[Symbol.asyncDispose](),
  };
}

async function readReports(
  path: string,
  { context, schema }: RunReportOptions,
): Promise<{ readonly known: ReadonlyMap<string, KeptReport>; readonly bytes: number }> {
  const known = new Map<string, KeptReport>();
  const content = await readFile(path).catch(() => Buffer.alloc(0));
  const bytes = content.lastIndexOf("\n") + 1;
  if (bytes < content.length) await truncate(path, bytes);
  const line = z.strictObject({
    context: z.literal(context),
    name: z.string(),
    atMs: z.number().min(0),
    report: schema,
  });
  for (const text of content.toString("utf8", 0, bytes).split("\n")) {
    const read = line.safeParse(toJson(text));
    if (read.success) known.set(read.data.name, read.data);
  }
  return { known, bytes };
}

function toJson(text: string): unknown {
  try {
    return JSON.parse(text) as unknown;
  } catch {
    // Damaged, or the end of the file: no such run was kept.
    return null;
  }
}

interface Writer extends AsyncDisposable {
  append(line: string): Promise<void>;
}

/** A full disk must not end the work: the run's log reports it on its own writes. */
async function openWriter(clock: Clock, path: string): Promise<Writer> {
  const file = await open(path, "a", 0o600).catch(() => null);
  const closing = new AbortController();
  let writing: Promise<void> = Promise.resolve();
  let syncedAt = -Infinity;
  let isWaiting = false;
  const enqueue = (work: (file: FileHandle) => Promise<void>): Promise<void> => {
    writing = writing.then(() => (file === null ? undefined : work(file))).catch(() => undefined);
    return writing;
  };
  const sync = async (handle: FileHandle): Promise<void> => {
    syncedAt = clock.monotonic();
    await handle.datasync();
  };
  const syncLater = async (): Promise<void> => {
    const restMs = syncedAt + SYNC_EVERY_MS - clock.monotonic();
    if (restMs > 0) await clock.sleep(restMs, closing.signal, { isBackground: true });
    isWaiting = false;
    await enqueue(sync);
  };
  return {
    async append(line) {
      await enqueue((handle) => handle.appendFile(line));
      if (isWaiting || closing.signal.aborted) return;
      isWaiting = true;
      // Ended by the last one, which is on its way then.
      syncLater().catch(() => undefined);
    },
    async [Symbol.asyncDispose]() {
      if (closing.signal.aborted) return;
      closing.abort();
      await enqueue(async (handle) => {
        await handle.datasync();
        await handle.close();
      });
    },
  };
}
