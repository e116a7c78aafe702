import {
  link,
  mkdir,
  open,
  readdir,
  readFile,
  rename,
  rm,
  truncate,
  writeFile,
} from "node:fs/promises";
import { join } from "node:path";

import type { Clock } from "../../kernel/clock.ts";
import { toErrno } from "../../kernel/errors.ts";
import type { AppendOutcome, RunClaim, RunLog } from "../../ports/run-log.ts";
import { isOwnerAlive, isOwnerStopped, toProcessOwner } from "../process-owner.ts";
import { createRunBusy, createRunFolderUnwritable } from "./errors.ts";
import { readLogText, toLogLine, type LogText } from "./log-lines.ts";

/** Name of a log in the folder of its run. */
export const LOG_FILE = "events.ndjson";

const OWNER = /^owner-(?<epoch>\d+)$/u;

/** Stands in the file of an owner that gave the log up. */
const RELEASED = "released";

/**
 * Logs as NDJSON files, `<runs>/<id>/events.ndjson`. Each claim leaves a file `owner-<epoch>` that names
 * the process; making it is exclusive, so that of two claims one wins.
 */
export function createRunLogFiles(deps: { readonly clock: Clock }, runs: string): RunLog {
  const toPath = (runId: string): string => join(runs, runId, LOG_FILE);
  /** A log after our last append: where it has another length now, someone else wrote. */
  const known = new Map<string, { readonly bytes: number; readonly sequence: number }>();

  const append = async (
    runId: string,
    { epoch, sequence }: RunClaim,
    lines: readonly string[],
    isDurable: boolean,
  ): Promise<AppendOutcome> => {
    if ((await readOwners(join(runs, runId))).epoch !== epoch) return "lost-ownership";
    const file = await open(toPath(runId), "a");
    try {
      const { size } = await file.stat();
      const last = known.get(runId);
      const present =
        last?.bytes === size ? last.sequence : (await readLog(toPath(runId))).records.length;
      if (present !== sequence) return "conflict";
      const text = lines.join("");
      await file.appendFile(text);
      if (isDurable) await file.sync();
      known.set(runId, {
        bytes: size + Buffer.byteLength(text),
        sequence: sequence + lines.length,
      });
      return "stored";
    } finally {
      await file.close();
    }
  };

  return {
    claim: (runId) => claimLog(runs, runId),
    append(runId, claim, events, options = {}) {
      const at = new Date(deps.clock.now()).toISOString();
      const lines = events.map((event, index) =>
        toLogLine(event, { sequence: claim.sequence + index + 1, epoch: claim.epoch, at }),
      );
      return append(runId, claim, lines, options.isDurable === true);
    },
    async release(runId, { epoch }) {
      const folder = join(runs, runId);
      if ((await readOwners(folder)).epoch === epoch) await releaseOwner(folder, epoch);
      known.delete(runId);
    },
    read: async (runId) => (await readLog(toPath(runId))).records,
    async epochOf(runId) {
      return (await readOwners(join(runs, runId))).epoch;
    },
    async isOwned(runId) {
      return isHeld((await readOwners(join(runs, runId))).owner);
    },
    async isSuspended(runId) {
      const { owner } = await readOwners(join(runs, runId));
      return isHeld(owner) && isOwnerStopped(owner);
    },
  };
}

async function claimLog(runs: string, runId: string): Promise<RunClaim> {
  const folder = join(runs, runId);
  await mkdir(folder, { recursive: true }).catch((failure: unknown) => {
    throw createRunFolderUnwritable(folder, failure);
  });
  const last = await readOwners(folder);
  if (isHeld(last.owner)) throw createRunBusy(runId, last.owner);
  const epoch = last.epoch + 1;
  await makeOwner(folder, epoch, runId);
  const path = join(folder, LOG_FILE);
  const log = await readLog(path);
  await cutDamage(path, log);
  return { epoch, sequence: log.records.length };
}

/** An empty file is one being written at this moment, where files cannot be linked: its owner is alive. */
function isHeld(owner: string | null): owner is string {
  return owner !== null && owner !== RELEASED && isOwnerAlive(owner);
}

/** Its name comes with its text: a process that is killed here must not leave a file that names nobody. */
async function makeOwner(folder: string, epoch: number, runId: string): Promise<void> {
  const path = toOwnerPath(folder, epoch);
  try {
    const staged = await stageOwner(folder, epoch, toProcessOwner());
    try {
      await link(staged, path);
    } catch (failure) {
      if (toErrno(failure) === "EEXIST") throw failure;
      // Some file systems know no second name of a file.
      await writeFile(path, toProcessOwner(), { flag: "wx" });
    } finally {
      await rm(staged, { force: true });
    }
  } catch (failure) {
    if (toErrno(failure) === "EEXIST") throw createRunBusy(runId, "another process");
    throw createRunFolderUnwritable(folder, failure);
  }
}

/** A full disk has no room for a second file, but for a word in place of a longer one. */
async function releaseOwner(folder: string, epoch: number): Promise<void> {
  const path = toOwnerPath(folder, epoch);
  try {
    await rename(await stageOwner(folder, epoch, RELEASED), path);
  } catch {
    await writeFile(path, RELEASED);
  }
}

const toOwnerPath = (folder: string, epoch: number): string =>
  join(folder, `owner-${String(epoch)}`);

/** Of a name that no other process uses, and on disk: a power cut must not empty it. */
async function stageOwner(folder: string, epoch: number, text: string): Promise<string> {
  const staged = `${toOwnerPath(folder, epoch)}.${String(process.pid)}.staged`;
  try {
    await writeFile(staged, text, { flush: true });
    return staged;
  } catch (failure) {
    await rm(staged, { force: true });
    throw failure;
  }
}

async function readOwners(
  folder: string,
): Promise<{ readonly epoch: number; readonly owner: string | null }> {
  const names = await readdir(folder).catch(() => []);
  const epochs = names.flatMap((name) => OWNER.exec(name)?.groups?.["epoch"] ?? []).map(Number);
  if (epochs.length === 0) return { epoch: 0, owner: null };
  const epoch = Math.max(...epochs);
  const owner = await readFile(join(folder, `owner-${String(epoch)}`), "utf8").catch(() => "");
  return { epoch, owner };
}

interface ReadLog extends LogText {
  readonly bytes: number;
}

async function readLog(path: string): Promise<ReadLog> {
  const text = await readFile(path, "utf8").catch(() => "");
  return { ...readLogText(text), bytes: Buffer.byteLength(text) };
}

/** A kill tears the last line, a bad disk any. What is cut off stays beside the log for people to look at. */
async function cutDamage(path: string, log: ReadLog): Promise<void> {
  if (log.bytes === log.goodBytes) return;
  const content = await readFile(path);
  await writeFile(`${path}.damaged`, content.subarray(log.goodBytes));
  await truncate(path, log.goodBytes);
}
