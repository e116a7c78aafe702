import { randomBytes } from "node:crypto";
import { mkdir, readFile, readdir, realpath, rename, rm, writeFile } from "node:fs/promises";
import { dirname, join } from "node:path";

import type { RunRecord } from "../../contract/run-record.ts";
import type { Clock } from "../../kernel/clock.ts";
import { RegooseError } from "../../kernel/errors.ts";
import type { RunLog } from "../../ports/run-log.ts";
import type { RunRecords, RunStore, RunSummary } from "../../ports/run-store.ts";
import { makeFolder, syncFolder } from "../durable-files.ts";
import { createArtifactFiles } from "./artifact-files.ts";
import { createRunFolderUnwritable, createRunNotFound } from "./errors.ts";
import { createLastingRecords, isLasting, type LastingRecords } from "./lasting-records.ts";
import { createRunLogFiles } from "./run-log-files.ts";

/** How many runs of a project are kept. */
const KEPT_RUNS = 50;

/**
 * Runs as folders under `<project>/.regoose/runs/`: the log `events.ndjson`, results by content in
 * `artifacts/`, and named files. `.regoose/` carries its own `.gitignore`, so that the user's repository
 * stays as it was.
 */
export function createRunFolderStore(
  deps: { readonly clock: Clock },
  projectRoot: string,
  options: { readonly keptRuns: number } = { keptRuns: KEPT_RUNS },
): RunStore {
  const home = join(projectRoot, ".regoose");
  const runs = join(home, "runs");
  const log = createRunLogFiles(deps, runs);
  const lasting = createLastingRecords(home);
  const store: RunStore = {
    log,
    artifacts: createArtifactFiles(runs),
    async create({ spare = [] } = {}) {
      const id = `${toTimestamp(deps.clock.now())}-${randomBytes(3).toString("hex")}`;
      const folder = join(runs, id);
      try {
        await makeFolder(runs);
        await removeOldest({ log, lasting }, runs, { kept: options.keptRuns - 1, spare });
        await mkdir(folder);
        await syncFolder(runs);
        await writeFile(join(home, ".gitignore"), "*\n");
        return id;
      } catch (failure) {
        throw createRunFolderUnwritable(folder, failure);
      }
    },
    folderOf: (runId) => join(runs, runId),
    async list() {
      const ids = await listIds(runs);
      return Promise.all(
        ids.map(async (id) => toSummary(id, await log.read(id), await log.isOwned(id))),
      );
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
    writeFile: (runId, name, content, options) =>
      writeStaged(join(runs, runId, name), content, options),
    async readFile(runId, name) {
      try {
        return await readFile(join(runs, runId, name), "utf8");
      } catch {
        throw createRunNotFound(`${runId} (${name})`, await listIds(runs));
      }
    },
    removeFile: (runId, name) => rm(join(runs, runId, name), { force: true, recursive: true }),
    readRecords: (runId) => log.read(runId),
    readLasting: () => readLasting({ log, lasting }, runs),
  };
  return store;
}

async function writeStaged(
  path: string,
  content: string,
  { isDurable = false }: { readonly isDurable?: boolean } = {},
): Promise<void> {
  const staged = `${path}.${process.pid}.staged`;
  await writeFile(staged, content, { flush: isDurable });
  await rename(staged, path);
  if (isDurable) await syncFolder(dirname(path));
}

interface Logs {
  readonly log: RunLog;
  readonly lasting: LastingRecords;
}

async function readLasting({ log, lasting }: Logs, runs: string): Promise<readonly RunRecords[]> {
  const kept = (await listIds(runs)).map(async (runId) => ({
    runId,
    records: (await log.read(runId)).filter(isLasting),
  }));
  // Removing a run may have been cut short: then it stands in both places, and the log counts.
  const all = [...(await lasting.read()), ...(await Promise.all(kept))];
  const byRun = new Map(all.map((one) => [one.runId, one]));
  return [...byRun.values()]
    .filter(({ records }) => records.length > 0)
    .sort((a, b) => (a.runId < b.runId ? -1 : 1));
}

/** Leaves the newest, those that are spared, and those that someone works on, whatever their age. */
async function removeOldest(
  { log, lasting }: Logs,
  runs: string,
  { kept, spare }: { readonly kept: number; readonly spare: readonly string[] },
): Promise<void> {
  // A project may come with a link in this place, to folders that are nobody's to remove.
  if ((await realpath(runs)) !== join(await realpath(join(runs, "../..")), ".regoose", "runs"))
    return;
  for (const id of (await listIds(runs)).slice(Math.max(0, kept))) {
    if (spare.includes(id) || !(await takeForRemoval(log, id))) continue;
    await lasting.keep(id, await log.read(id));
    await rm(join(runs, id), { recursive: true, force: true });
  }
}

/** Claimed first, so that nobody resumes, resets or removes a run while it is being removed. */
async function takeForRemoval(log: RunLog, id: string): Promise<boolean> {
  try {
    await log.claim(id);
    return true;
  } catch (failure) {
    if (failure instanceof RegooseError && failure.code === "RGS-1014") return false;
    // A full disk has no room for the claim: removing is what makes some.
    return !(await log.isOwned(id));
  }
}

const ID = /^\d{8}-\d{6}-[0-9a-f]{6}$/u;

async function listIds(runs: string): Promise<readonly string[]> {
  try {
    const entries = await readdir(runs, { withFileTypes: true });
    const ids = entries
      .filter((entry) => entry.isDirectory() && ID.test(entry.name))
      .map((entry) => entry.name);
    return ids.sort().reverse();
  } catch {
    return [];
  }
}

function toSummary(id: string, records: readonly RunRecord[], isOwned: boolean): RunSummary {
  const start = records.find((record) => record.name === "run-start");
  const last = records.findLast(({ name }) => name === "run-end" || name === "run-resume");
  const end = last?.name === "run-end" ? last : undefined;
  const tests = end?.data["tests"];
  return {
    id,
    startedAt: start?.at ?? "",
    outcome: toText(end?.data["outcome"]) ?? (isOwned ? "running" : "interrupted"),
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
