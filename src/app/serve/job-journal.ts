import { readdir, readFile, rm } from "node:fs/promises";
import { join } from "node:path";

import { makeFolder, writeWhole } from "../../adapters/durable-files.ts";
import { createRunLogFiles } from "../../adapters/store/run-log-files.ts";
import { isEnded, jobSchema, type Job } from "../../contract/job.ts";
import type { RunRecord } from "../../contract/run-record.ts";
import type { Clock } from "../../kernel/clock.ts";
import { RegooseError, toErrno } from "../../kernel/errors.ts";
import { openRunWriter } from "../../orchestration/run-writer.ts";
import type { JobJournal } from "../../ports/job-journal.ts";
import type { RunLog } from "../../ports/run-log.ts";
import { createServerRunning } from "./errors.ts";

/** How many runs that have ended are kept, the newest; each has some kilobytes of answer beside it. */
const KEPT_ENDED = 5_000;
const LOCK = "server";
const VOLUME = /^jobs-(?<number>\d{6})$/u;

/**
 * A journal in a folder, on the same logs as runs have. Opening it begins a new volume with what still counts and
 * removes the ones before it, so that it does not grow for ever.
 * @throws ServerRunning (RGS-5003) while another process has it open, RunFolderUnwritable (RGS-7010)
 */
export async function openJobJournal(
  deps: { readonly clock: Clock },
  folder: string,
  options: { readonly keptEnded: number } = { keptEnded: KEPT_ENDED },
): Promise<JobJournal> {
  const log = createRunLogFiles(deps, folder);
  const lock = await claimFolder(log, folder);
  const volumes = await listVolumes(folder);
  const found = await readJobs(log, volumes, options.keptEnded);
  const last = Number(VOLUME.exec(volumes.at(-1) ?? "")?.groups?.["number"] ?? 0);
  const volume = `jobs-${String(last + 1).padStart(6, "0")}`;
  const writer = await openRunWriter(log, volume);
  for (const job of found) await writer.append(toEvent(job));
  // Until this record is on disk the volumes before it count.
  await writer.append({ name: "journal-ready", data: {} }, { isDurable: true });
  for (const old of volumes) await rm(join(folder, old), { recursive: true, force: true });
  await removeAnswers(folder, new Set(found.map(({ id }) => id)));
  let isOpen = true;
  return {
    epoch: lock.epoch,
    found,
    put: (job) => writer.append(toEvent(job), { isDurable: true }),
    async putAnswer(jobId, text) {
      await makeFolder(join(folder, "answers"));
      await writeWhole(toAnswerPath(folder, jobId), text, { mode: 0o600 });
    },
    getAnswer: (jobId) => readFile(toAnswerPath(folder, jobId), "utf8").catch(() => null),
    async [Symbol.asyncDispose]() {
      if (!isOpen) return;
      isOpen = false;
      await writer.release();
      await log.release(LOCK, lock);
    },
  };
}

async function claimFolder(log: RunLog, folder: string): ReturnType<RunLog["claim"]> {
  // What users ask for is theirs to read.
  await makeFolder(folder, { mode: 0o700 }).catch(() => undefined);
  try {
    return await log.claim(LOCK);
  } catch (failure) {
    if (failure instanceof RegooseError && failure.code === "RGS-1014")
      throw createServerRunning(folder, failure);
    throw failure;
  }
}

async function listVolumes(folder: string): Promise<readonly string[]> {
  return (await readdir(folder)).filter((name) => VOLUME.test(name)).sort();
}

/** Jobs of the newest volume that is whole, and of unfinished ones after it: there the last state of each counts. */
async function readJobs(
  log: RunLog,
  volumes: readonly string[],
  keptEnded: number,
): Promise<readonly Job[]> {
  const logs = await Promise.all(volumes.map((volume) => log.read(volume)));
  const start = Math.max(
    0,
    logs.findLastIndex((records) => records.some(isReady)),
  );
  const jobs = new Map<string, Job>();
  for (const record of logs.slice(start).flat()) {
    const job = jobSchema.safeParse(record.data["job"]);
    if (job.success) jobs.set(job.data.id, job.data);
  }
  const sorted = [...jobs.values()].sort((a, b) => (a.id < b.id ? -1 : 1));
  const ended = sorted.filter(({ status }) => isEnded(status));
  const dropped = new Set(ended.slice(0, Math.max(0, ended.length - keptEnded)));
  return sorted.filter((job) => !dropped.has(job));
}

function isReady({ name }: RunRecord): boolean {
  return name === "journal-ready";
}

function toEvent(job: Job): { readonly name: string; readonly data: { readonly job: Job } } {
  return { name: "job-state", data: { job } };
}

function toAnswerPath(folder: string, jobId: string): string {
  return join(folder, "answers", `${jobId}.json`);
}

async function removeAnswers(folder: string, kept: ReadonlySet<string>): Promise<void> {
  const answers = join(folder, "answers");
  const names = await readdir(answers).catch((failure: unknown) => {
    if (toErrno(failure) === "ENOENT") return [];
    throw failure;
  });
  for (const name of names) {
    if (!kept.has(name.slice(0, name.indexOf(".")))) await rm(join(answers, name), { force: true });
  }
}
