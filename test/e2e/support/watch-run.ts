import { spawnSync } from "node:child_process";
import { readdirSync, readFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect } from "vitest";

/** The log of the newest run, empty while there is none. */
export function readLog(root: string): string {
  const runs = join(root, ".regoose", "runs");
  try {
    const [id = ""] = readdirSync(runs).sort().reverse();
    return readFileSync(join(runs, id, "events.ndjson"), "utf8");
  } catch {
    return "";
  }
}

/** Waits until the run's log names the moment: `start` or `end` and the id of a step. */
export async function reach(root: string, moment: string): Promise<void> {
  const [edge = "", step = ""] = moment.split(" ");
  await expect
    .poll(() => readLog(root), { timeout: 120_000, interval: 20 })
    .toContain(`"name":"action-${edge}","data":{"step":"${step}"`);
}

/** Temporary folders whose name says that this process owns them. */
export function listFolders(pid: number): readonly string[] {
  const temp = tmpdir();
  const ledger = `regoose-${String(process.getuid?.() ?? 0)}`;
  const owned = readdirSync(temp).filter((name) =>
    new RegExp(`^regoose-(?:stage|code|dry-run)-${String(pid)}-`, "u").test(name),
  );
  const homes = readNames(join(temp, ledger)).filter((name) => name.startsWith(`${String(pid)}-`));
  return [...owned, ...homes.map((name) => `${ledger}/${name}`)];
}

function readNames(folder: string): readonly string[] {
  try {
    return readdirSync(folder);
  } catch {
    return [];
  }
}

/** Processes that work for the command `pid` on `root`: their command lines name a folder of either. */
export function listProcesses(root: string, pid: number): readonly string[] {
  const marks = [root, `regoose-stage-${String(pid)}-`, `/${String(pid)}-`];
  const { stdout } = spawnSync("ps", ["-eo", "args"], { encoding: "utf8", maxBuffer: 2 ** 26 });
  return stdout.split("\n").filter((line) => marks.some((mark) => line.includes(mark)));
}

/** Control groups that this process made. */
export function listGroups(pid: number): readonly string[] {
  const args = ["/sys/fs/cgroup", "-maxdepth", "6", "-name", `regoose-${String(pid)}-*`];
  return spawnSync("find", args, { encoding: "utf8" }).stdout.split("\n").filter(Boolean);
}
