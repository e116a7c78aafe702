import * as nodeFiles from "node:fs/promises";
import { join } from "node:path";

import type { Clock } from "../../kernel/clock.ts";
import { RegooseError, toErrno } from "../../kernel/errors.ts";
import { createMachineBusy, isBusy } from "../../kernel/machine-busy.ts";
import type { AppendOutcome, RunClaim, RunLog } from "../../ports/run-log.ts";
import { makeFolder, syncFolder } from "../durable-files.ts";
import { isOwnerAlive, isOwnerStopped, toProcessOwner } from "../process-owner.ts";
import { createRunBusy, createRunFolderUnwritable } from "./errors.ts";
import { readLogText, toLogLine, type LogText } from "./log-lines.ts";

/** What logs stand on. Tests put another in place, to order the calls of several processes. */
export interface LogMachine {
  readonly files: Pick<
    typeof nodeFiles,
    "link" | "open" | "readdir" | "readFile" | "rename" | "rm" | "truncate" | "writeFile"
  > & {
    readonly makeFolder: (folder: string) => Promise<void>;
    readonly syncFolder: (folder: string) => Promise<void>;
  };
  /** Names this process. */
  readonly owner: () => string;
  readonly isAlive: (owner: string) => boolean;
}

const THIS_MACHINE: LogMachine = {
  files: { ...nodeFiles, makeFolder, syncFolder },
  owner: () => toProcessOwner(),
  isAlive: isOwnerAlive,
};

/** Name of a log in the folder of its run. */
export const LOG_FILE = "events.ndjson";

const OWNER = /^owner-(?<epoch>\d+)$/u;

/** Stands in the file of an owner that gave the log up. */
const RELEASED = "released";

/**
 * Logs as NDJSON files, `<runs>/<id>/events.ndjson`. Each claim leaves a file `owner-<epoch>` that names
 * the process; making it is exclusive, so that of two claims one wins.
 */
export function createRunLogFiles(
  deps: { readonly clock: Clock },
  runs: string,
  machine: LogMachine = THIS_MACHINE,
): RunLog {
  const toPath = (runId: string): string => join(runs, runId, LOG_FILE);
  const known = new Map<string, LogEnd>();
  return {
    claim: (runId) => claimLog(machine, runs, runId),
    append(runId, claim, events, options = {}) {
      const at = new Date(deps.clock.now()).toISOString();
      const lines = events.map((event, index) =>
        toLogLine(event, { sequence: claim.sequence + index + 1, epoch: claim.epoch, at }),
      );
      const isDurable = options.isDurable === true;
      return appendLines(
        { machine, folder: join(runs, runId), known },
        { claim, lines, isDurable },
      );
    },
    async release(runId, { epoch }) {
      const folder = join(runs, runId);
      known.delete(folder);
      try {
        if ((await readOwners(machine, folder)).epoch === epoch)
          await releaseOwner(machine, folder, epoch);
      } catch (failure) {
        // Out of descriptors: the owner counts until its process ends, which is soon.
        if (!isBusy(failure) && !isMachineBusy(failure)) throw failure;
      }
    },
    read: async (runId) => (await readLog(machine, toPath(runId))).records,
    async epochOf(runId) {
      return (await readOwners(machine, join(runs, runId))).epoch;
    },
    async isOwned(runId) {
      return isHeld(machine, (await readOwners(machine, join(runs, runId))).owner);
    },
    async isSuspended(runId) {
      const { owner } = await readOwners(machine, join(runs, runId));
      return isHeld(machine, owner) && isOwnerStopped(owner);
    },
  };
}

/** A log after our last append: where it has another length now, someone else wrote. */
interface LogEnd {
  readonly bytes: number;
  readonly sequence: number;
}

interface OpenLog {
  readonly machine: LogMachine;
  /** Of the run. */
  readonly folder: string;
  /** By folder. */
  readonly known: Map<string, LogEnd>;
}

interface Addition {
  readonly claim: RunClaim;
  readonly lines: readonly string[];
  readonly isDurable: boolean;
}

async function appendLines(
  log: OpenLog,
  { claim: { epoch, sequence }, lines, isDurable }: Addition,
): Promise<AppendOutcome> {
  const { machine, folder, known } = log;
  const isOurs = async (): Promise<boolean> => (await readOwners(machine, folder)).epoch === epoch;
  if (!(await isOurs())) return "lost-ownership";
  const file = await machine.files.open(join(folder, LOG_FILE), "a").catch((failure: unknown) => {
    throw toBusy(failure);
  });
  try {
    const before = await measure(log, sequence, file);
    if (before === null) return "conflict";
    const text = lines.join("");
    try {
      await file.appendFile(text);
    } catch (failure) {
      // On a full disk half a line may stand there, behind which nothing counts.
      if (await isOurs()) await file.truncate(before).catch(() => undefined);
      throw failure;
    }
    if (isDurable) await file.sync();
    // The name of a log that is new.
    if (isDurable && before === 0) await machine.files.syncFolder(folder);
    const after = { bytes: before + Buffer.byteLength(text), sequence: sequence + lines.length };
    const isAlone = (await file.stat()).size === after.bytes;
    if (!isAlone && !(await counts(log, epoch, after.sequence))) return "conflict";
    known.set(folder, after);
    // Whoever takes the log over names itself before it reads: where nobody has by now, it reads these lines.
    // Where that cannot be read for want of descriptors, the line stands all the same, and the next one asks again.
    const isStillOurs = await isOurs().catch((failure: unknown) => {
      if (isMachineBusy(failure)) return true;
      throw failure;
    });
    return isStillOurs ? "stored" : "lost-ownership";
  } finally {
    await file.close();
  }
}

/** Length of a log that ends with what the writer knows of; null where it does not. */
async function measure(
  { machine, folder, known }: OpenLog,
  sequence: number,
  file: nodeFiles.FileHandle,
): Promise<number | null> {
  const last = known.get(folder);
  if (last?.bytes === (await file.stat()).size) {
    return last.sequence === sequence ? last.bytes : null;
  }
  const { records, goodBytes } = await readLog(machine, join(folder, LOG_FILE));
  return records.length === sequence ? goodBytes : null;
}

/** Whether our record is the one of its number: another process may have written between look and append. */
async function counts(
  { machine, folder }: OpenLog,
  epoch: number,
  sequence: number,
): Promise<boolean> {
  const { records } = await readLog(machine, join(folder, LOG_FILE));
  return records[sequence - 1]?.epoch === epoch;
}

async function claimLog(machine: LogMachine, runs: string, runId: string): Promise<RunClaim> {
  const folder = join(runs, runId);
  await machine.files.makeFolder(folder).catch((failure: unknown) => {
    throw createRunFolderUnwritable(folder, failure);
  });
  const last = await readOwners(machine, folder);
  if (isHeld(machine, last.owner)) throw createRunBusy(runId, last.owner);
  const epoch = last.epoch + 1;
  await makeOwner(machine, folder, epoch, runId);
  const path = join(folder, LOG_FILE);
  const log = await readLog(machine, path);
  await cutDamage(machine, path, log);
  return { epoch, sequence: log.records.length };
}

/** An empty file is one being written at this moment, where files cannot be linked: its owner is alive. */
function isHeld({ isAlive }: LogMachine, owner: string | null): owner is string {
  return owner !== null && owner !== RELEASED && isAlive(owner);
}

/** Its name comes with its text: a process that is killed here must not leave a file that names nobody. */
async function makeOwner(
  machine: LogMachine,
  folder: string,
  epoch: number,
  runId: string,
): Promise<void> {
  const { files, owner } = machine;
  const path = toOwnerPath(folder, epoch);
  try {
    const staged = await stageOwner(machine, folder, epoch, owner());
    try {
      await files.link(staged, path);
    } catch (failure) {
      if (toErrno(failure) === "EEXIST") throw failure;
      // Some file systems know no second name of a file.
      await files.writeFile(path, owner(), { flag: "wx" });
    } finally {
      await files.rm(staged, { force: true });
    }
    // A number that was given out must not be given out again after a power cut.
    await machine.files.syncFolder(folder);
  } catch (failure) {
    if (toErrno(failure) === "EEXIST") throw createRunBusy(runId, "another process");
    throw createRunFolderUnwritable(folder, failure);
  }
}

/** A full disk has no room for a second file, but for a word in place of a longer one. */
async function releaseOwner(machine: LogMachine, folder: string, epoch: number): Promise<void> {
  const { files } = machine;
  const path = toOwnerPath(folder, epoch);
  try {
    await files.rename(await stageOwner(machine, folder, epoch, RELEASED), path);
  } catch {
    await files.writeFile(path, RELEASED);
  }
}

const toOwnerPath = (folder: string, epoch: number): string =>
  join(folder, `owner-${String(epoch)}`);

/** Of a name that no other process uses, and on disk: a power cut must not empty it. */
async function stageOwner(
  { files, owner }: LogMachine,
  folder: string,
  epoch: number,
  text: string,
): Promise<string> {
  const staged = `${toOwnerPath(folder, epoch)}.${owner().replace(":", "-")}.staged`;
  try {
    await files.writeFile(staged, text, { flush: true });
    return staged;
  } catch (failure) {
    await files.rm(staged, { force: true });
    throw failure;
  }
}

async function readOwners(
  { files }: LogMachine,
  folder: string,
): Promise<{ readonly epoch: number; readonly owner: string | null }> {
  const names = await files.readdir(folder).catch(orNone<string[]>([]));
  const epochs = names.flatMap((name) => OWNER.exec(name)?.groups?.["epoch"] ?? []).map(Number);
  if (epochs.length === 0) return { epoch: 0, owner: null };
  const epoch = Math.max(...epochs);
  const owner = await files
    .readFile(join(folder, `owner-${String(epoch)}`), "utf8")
    .catch(orNone(""));
  return { epoch, owner };
}

/** What cannot be read counts as not there; what a machine out of descriptors cannot read may well be. */
function orNone<T>(none: T): (failure: unknown) => T {
  return (failure) => {
    if (isBusy(failure)) throw toBusy(failure);
    return none;
  };
}

function isMachineBusy(failure: unknown): boolean {
  return failure instanceof RegooseError && failure.code === "RGS-7504";
}

/** EMFILE and its like as RGS-7504; anything else as it is. */
function toBusy(failure: unknown): unknown {
  return isBusy(failure)
    ? createMachineBusy("the log of the run is out of reach", failure)
    : failure;
}

interface ReadLog extends LogText {
  readonly bytes: number;
}

async function readLog({ files }: LogMachine, path: string): Promise<ReadLog> {
  const text = await files.readFile(path, "utf8").catch(orNone(""));
  return { ...readLogText(text), bytes: Buffer.byteLength(text) };
}

/** A kill tears the last line, a bad disk any. What is cut off stays beside the log for people to look at. */
async function cutDamage({ files }: LogMachine, path: string, log: ReadLog): Promise<void> {
  if (log.bytes === log.goodBytes) return;
  const content = await files.readFile(path);
  await files.writeFile(`${path}.damaged`, content.subarray(log.goodBytes));
  await files.truncate(path, log.goodBytes);
}
