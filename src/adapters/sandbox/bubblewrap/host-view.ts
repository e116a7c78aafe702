import { existsSync, lstatSync, readlinkSync, realpathSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { isTreeReadable, canReach, copyForOthers } from "../staging.ts";
import type { Ledger } from "../ledger.ts";
import { BOX_NODE_FOLDER } from "./box-layout.ts";
import { BOX_USERS, type BoxBind, type SystemEntry } from "./box-arguments.ts";

/** Folders that programs and libraries live in; links among them are kept as links. */
const SYSTEM_FOLDERS = ["/usr", "/bin", "/sbin", "/lib", "/lib32", "/lib64", "/libx32"];
/** Shown where present: libraries outside /usr, and links that programs in /usr go through. */
const SYSTEM_EXTRAS = ["/etc/alternatives", "/etc/ld.so.cache", "/nix/store"];

const USERS = Object.values(BOX_USERS);

/** Files that stand in for the host's `/etc`, so that user and host lookups work inside. */
const BOX_ETC: Readonly<Record<string, string>> = {
  passwd: USERS.map(({ id, name }) => `${name}:x:${id}:${id}:${name}:/tmp:/bin/sh\n`).join(""),
  group: USERS.map(({ id, name }) => `${name}:x:${id}:\n`).join(""),
  hosts: `127.0.0.1 localhost ${USERS.map(({ host }) => host).join(" ")}\n::1 localhost\n`,
  "nsswitch.conf": "passwd: files\ngroup: files\nhosts: files\n",
};

/** The part of the host that every sandbox of this process shows. */
export interface HostView {
  readonly system: readonly SystemEntry[];
  readonly binds: readonly BoxBind[];
}

/** Finds the system folders, Node's binary and its libraries; writes the stand-ins for `/etc`. */
export async function readHostView(ledger: Ledger, dropsUser: boolean): Promise<HostView> {
  const folder = await createEtc(ledger);
  const binds = Object.keys(BOX_ETC).map((name) => toBind(join(folder, name), `/etc/${name}`));
  const node = realpathSync(process.execPath);
  const isNodeReadable = !dropsUser || (canReach(node) && isTreeReadable(node, 0));
  const shownNode = isNodeReadable ? node : await copyNode(ledger, node);
  return {
    system: readSystemEntries(),
    binds: [
      ...binds,
      toBind(shownNode, `${BOX_NODE_FOLDER}/node`),
      ...findForeignLibraries().map((path) => toBind(path, path)),
    ],
  };
}

async function createEtc(ledger: Ledger): Promise<string> {
  const folder = await ledger.createFolder("etc");
  for (const [name, content] of Object.entries(BOX_ETC)) {
    writeFileSync(join(folder, name), content, { mode: 0o644 });
  }
  return folder;
}

async function copyNode(ledger: Ledger, node: string): Promise<string> {
  const copy = join(await ledger.createFolder("node"), "node");
  await copyForOthers(node, copy);
  return copy;
}

function readSystemEntries(): SystemEntry[] {
  const entries: SystemEntry[] = [];
  for (const path of SYSTEM_FOLDERS) {
    if (!existsSync(path)) continue;
    const isLink = lstatSync(path).isSymbolicLink();
    entries.push({ path, linkTarget: isLink ? readlinkSync(path) : null });
  }
  for (const path of SYSTEM_EXTRAS) {
    if (existsSync(path)) entries.push({ path, linkTarget: null });
  }
  return entries;
}

/** Shared libraries that this Node has loaded from outside the system folders (Homebrew, snaps). */
function findForeignLibraries(): string[] {
  const isSystem = (path: string): boolean =>
    [...SYSTEM_FOLDERS, "/nix/store"].some((folder) => path.startsWith(`${folder}/`));
  // Missing in the types of Node 24.
  const report = process.report as NodeJS.ProcessReport & { excludeNetwork: boolean };
  const hadNetwork = report.excludeNetwork;
  report.excludeNetwork = true;
  const { sharedObjects } = report.getReport() as { sharedObjects?: readonly string[] };
  report.excludeNetwork = hadNetwork;
  return (sharedObjects ?? []).filter(
    (path) => /\/lib[^/]*\.so(?:\.[\d.]+)?$/u.test(path) && !isSystem(path) && existsSync(path),
  );
}

function toBind(hostPath: string, boxPath: string): BoxBind {
  return { hostPath, boxPath };
}
