import { randomBytes } from "node:crypto";
import { mkdir, open, readFile, readdir, rename, writeFile } from "node:fs/promises";
import { join } from "node:path";
import type { Clock } from "../../kernel/clock.ts";
import type { RunEvent, RunHandle, RunStore, RunSummary } from "../../ports/run-store.ts";
import { createRunFolderUnwritable, createRunNotFound } from "./errors.ts";

type StoredEvent = RunEvent & { readonly at: string };

/**
 * Runs as folders under `<project>/.regoose/runs/`: `events.ndjson` and named artifacts. `.regoose/`
 * carries its own `.gitignore`, so that the user's repository stays as it was.
 */
export function createRunFolderStore(
  deps: { readonly clock: Clock },
  projectRoot: string,
): RunStore {
  const home = join(projectRoot, ".regoose");
  const runs = join(home, "runs");
  const store: RunStore = {
    async create(target) {
      const id = `${toTimestamp(deps.clock.now())}-${randomBytes(3).toString("hex")}`;
      const folder = join(runs, id);
      try {
        await mkdir(folder, { recursive: true });
        await writeFile(join(home, ".gitignore"), "*\n");
        const handle = createHandle(deps.clock, id, folder);
        await handle.append({ name: "run-start", data: { target } }, { isCheckpoint: true });
        return handle;
      } catch (failure) {
        throw createRunFolderUnwritable(folder, failure);
      }
    },
    async list() {
      const ids = await listIds(runs);
      return Promise.all(ids.map(async (id) => toSummary(id, await readEventFile(join(runs, id)))));
    },
    async resolve(text) {
      const ids = await listIds(runs);
      const matches = text === "latest" ? ids.slice(0, 1) : ids.filter((id) => id.startsWith(text));
      const exact = ids.includes(text) ? text : matches[0];
      if (exact === undefined || (matches.length > 1 && !ids.includes(text))) {
        throw createRunNotFound(text, matches.length > 1 ? matches : ids);
      }
      return exact;
    },
    async readArtifact(runId, name) {
      try {
        return await readFile(join(runs, runId, name), "utf8");
      } catch {
        throw createRunNotFound(`${runId} (${name})`, await listIds(runs));
      }
    },
    readEvents: (runId) => readEventFile(join(runs, runId)),
  };
  return store;
}

function createHandle(clock: Clock, id: string, folder: string): RunHandle {
  // Appends are chained so that lines of concurrent callers never interleave.
  let tail: Promise<void> = Promise.resolve();
  return {
    id,
    folder,
    append(event, options) {
      const line = `${JSON.stringify({ at: new Date(clock.now()).toISOString(), ...event })}\n`;
      const written = tail.then(() =>
        appendLine(join(folder, "events.ndjson"), line, options?.isCheckpoint === true),
      );
      tail = written.catch(() => undefined);
      return written;
    },
    async writeArtifact(name, content) {
      const path = join(folder, name);
      const staged = `${path}.${process.pid}.staged`;
      await writeFile(staged, content);
      await rename(staged, path);
    },
  };
}

async function appendLine(path: string, line: string, isCheckpoint: boolean): Promise<void> {
  const file = await open(path, "a");
  try {
    await file.appendFile(line);
    if (isCheckpoint) await file.sync();
  } finally {
    await file.close();
  }
}

async function listIds(runs: string): Promise<readonly string[]> {
  try {
    const entries = await readdir(runs, { withFileTypes: true });
    const ids = entries.filter((entry) => entry.isDirectory()).map((entry) => entry.name);
    return ids.sort().reverse();
  } catch {
    return [];
  }
}

/** A torn last line (the process was killed while writing) is left out, never an error. */
async function readEventFile(folder: string): Promise<readonly StoredEvent[]> {
  const text = await readFile(join(folder, "events.ndjson"), "utf8").catch(() => "");
  return text.split("\n").flatMap((line) => {
    const event = parseEvent(line);
    return event === null ? [] : [event];
  });
}

function parseEvent(line: string): StoredEvent | null {
  try {
    const parsed: unknown = JSON.parse(line);
    if (typeof parsed !== "object" || parsed === null) return null;
    const { at, name, data } = parsed as Partial<StoredEvent>;
    return typeof at === "string" && typeof name === "string"
      ? { at, name, data: data ?? {} }
      : null;
  } catch {
    return null;
  }
}

function toSummary(id: string, events: readonly StoredEvent[]): RunSummary {
  const start = events.find((event) => event.name === "run-start");
  const end = events.findLast((event) => event.name === "run-end");
  const tests = end?.data["tests"];
  return {
    id,
    startedAt: start?.at ?? "",
    outcome: toText(end?.data["outcome"]) ?? "interrupted",
    target: toText(start?.data["target"]) ?? "",
    tests: typeof tests === "number" ? tests : null,
  };
}

function toText(value: unknown): string | null {
  return typeof value === "string" ? value : null;
}

function toTimestamp(epochMs: number): string {
  const digits = new Date(epochMs).toISOString().replace(/\D/gu, "");
  return `${digits.slice(0, 8)}-${digits.slice(8, 14)}`;
}
