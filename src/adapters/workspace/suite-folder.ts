import { randomBytes } from "node:crypto";
import { existsSync } from "node:fs";
import { cp, mkdir, open, readFile, readdir, rename, rm, rmdir, writeFile } from "node:fs/promises";
import { basename, dirname, join, relative, sep } from "node:path";
import { proofFileSchema, type ProofFile } from "../../contract/proof-card.ts";
import { toErrno } from "../../kernel/errors.ts";
import { sha256 } from "../../kernel/hash.ts";
import { createOutputBusy, createOutputConflict, createOutputUnwritable } from "./errors.ts";
import { syncFolder, syncTree } from "../durable-files.ts";
import { isOwnerAlive, toProcessOwner } from "../process-owner.ts";

/** Name of the proof file beside a suite. */
export const PROOF_FILE = "regoose.proof.json";

/** Exclusive use of one suite folder. */
export interface SuiteFolder extends AsyncDisposable {
  /** The proof of the suite that stands there, or null. */
  readonly proof: ProofFile | null;
  /**
   * Replaces the suite in one rename. Files of the user's in the folder are carried over.
   * Keys are suite-relative POSIX paths.
   * @throws OutputUnwritable (RGS-3003)
   */
  replace(files: Readonly<Record<string, string>>): Promise<void>;
}

/**
 * Takes the folder for this process, repairs a swap that a kill interrupted, and checks that no
 * generated file was edited since.
 * @throws OutputBusy (RGS-3001) when another live process holds it
 * @throws OutputConflict (RGS-3002) when a generated file was edited by hand
 */
export async function openSuiteFolder(folder: string): Promise<SuiteFolder> {
  const lock = toSibling(folder, "lock");
  const made = await prepareParent(folder);
  await takeLock(lock, folder);
  try {
    await repairSwap(folder);
    const proof = await readProof(folder);
    await rejectEditedFiles(folder, proof);
    return {
      proof,
      replace: (files) => replaceSuite(folder, files, proof),
      [Symbol.asyncDispose]: () => release(lock, made),
    };
  } catch (failure) {
    await release(lock, made);
    throw failure;
  }
}

/** Gives up the lock, and the folders made for it that stayed empty. */
async function release(lock: string, made: string | null): Promise<void> {
  await rm(lock, { force: true });
  if (made === null) return;
  for (let folder = dirname(lock); folder.startsWith(made); folder = dirname(folder)) {
    const isGone = await rmdir(folder).then(
      () => true,
      () => false,
    );
    if (!isGone) return;
  }
}

/** The proof file of a suite, or null when there is none or it cannot be read. */
export async function readProof(folder: string): Promise<ProofFile | null> {
  try {
    const parsed = proofFileSchema.safeParse(
      JSON.parse(await readFile(join(folder, PROOF_FILE), "utf8")),
    );
    return parsed.success ? parsed.data : null;
  } catch {
    return null;
  }
}

/** Siblings share the parent's file system, which makes the swap one rename. */
function toSibling(folder: string, role: "lock" | "staged" | "retired"): string {
  return join(dirname(folder), `.${basename(folder)}.regoose-${role}`);
}

/** Makes the folder above the suite; answers the topmost one that was missing. */
async function prepareParent(folder: string): Promise<string | null> {
  try {
    return (await mkdir(dirname(folder), { recursive: true })) ?? null;
  } catch (failure) {
    throw createOutputUnwritable(folder, failure);
  }
}

async function takeLock(lock: string, folder: string): Promise<void> {
  for (let attempt = 0; attempt < 3; attempt += 1) {
    try {
      const file = await open(lock, "wx");
      await file.writeFile(toProcessOwner());
      await file.close();
      return;
    } catch (failure) {
      if (toErrno(failure) !== "EEXIST") throw createOutputUnwritable(folder, failure);
    }
    const owner = await readFile(lock, "utf8").catch(() => "");
    // An empty lock is one being written at this moment: its owner is alive.
    if (owner === "" || isOwnerAlive(owner)) throw createOutputBusy(folder, owner);
    // Renaming first lets exactly one of several waiters remove the dead owner's lock.
    const stale = `${lock}.${randomBytes(4).toString("hex")}`;
    await rename(lock, stale).catch(() => undefined);
    await rm(stale, { force: true });
  }
  throw createOutputBusy(folder, "");
}

async function repairSwap(folder: string): Promise<void> {
  const retired = toSibling(folder, "retired");
  if (existsSync(retired)) {
    if (existsSync(folder)) await rm(retired, { recursive: true, force: true });
    else await rename(retired, folder);
  }
  await rm(toSibling(folder, "staged"), { recursive: true, force: true });
}

async function rejectEditedFiles(folder: string, proof: ProofFile | null): Promise<void> {
  const edited: string[] = [];
  for (const [path, hash] of Object.entries(proof?.files ?? {})) {
    const content = await readFile(join(folder, path)).catch(() => null);
    if (content !== null && sha256(content) !== hash) edited.push(path);
  }
  if (edited.length > 0) throw createOutputConflict(folder, edited);
}

async function replaceSuite(
  folder: string,
  files: Readonly<Record<string, string>>,
  proof: ProofFile | null,
): Promise<void> {
  const staged = toSibling(folder, "staged");
  const retired = toSibling(folder, "retired");
  try {
    await rm(staged, { recursive: true, force: true });
    await mkdir(staged, { recursive: true });
    await carryOver(folder, staged, new Set([PROOF_FILE, ...Object.keys(proof?.files ?? {})]));
    const taken = Object.keys(files).filter((path) => existsSync(join(staged, path)));
    if (taken.length > 0) throw createOutputConflict(folder, taken);
    for (const [path, content] of Object.entries(files)) {
      await mkdir(dirname(join(staged, path)), { recursive: true });
      await writeFile(join(staged, path), content);
    }
    // Before the old files go, those of the user among them, and before the run's log says that the suite stands.
    await syncTree(staged);
    if (existsSync(folder)) await rename(folder, retired);
    await rename(staged, folder);
    await syncFolder(dirname(folder));
    await rm(retired, { recursive: true, force: true });
  } catch (failure) {
    await rm(staged, { recursive: true, force: true }).catch(() => undefined);
    throw toErrno(failure) === undefined ? failure : createOutputUnwritable(folder, failure);
  }
}

/** Copies what is the user's own from the old folder. */
async function carryOver(from: string, to: string, generated: ReadonlySet<string>): Promise<void> {
  const entries = await readdir(from, { recursive: true, withFileTypes: true }).catch(() => []);
  for (const entry of entries) {
    if (entry.isDirectory()) continue;
    const path = join(entry.parentPath, entry.name);
    const name = relative(from, path).split(sep).join("/");
    if (generated.has(name)) continue;
    await mkdir(dirname(join(to, name)), { recursive: true });
    await cp(path, join(to, name), { verbatimSymlinks: true });
  }
}
