import { readFile, readdir } from "node:fs/promises";
import { setTimeout as sleep } from "node:timers/promises";

/** Between two jobs of a search there is no process; none is away for so long, ms. */
const PATIENCE_MS = 30_000;

/**
 * The id of the Node process below another one that runs the entry of search processes.
 *
 * @throws Error when there is none for 30 s
 */
export async function findWorker(above: number): Promise<number> {
  for (const until = performance.now() + PATIENCE_MS; performance.now() < until;) {
    const found = await lookOnce(above);
    if (found !== null) return found;
    await sleep(10);
  }
  throw new Error("no search process runs");
}

async function lookOnce(above: number): Promise<number | null> {
  const ids = (await readdir("/proc")).filter((name) => /^\d+$/u.test(name));
  for (const id of ids) {
    const [program = "", ...args] = (await read(`/proc/${id}/cmdline`)).split("\0");
    if (!program.endsWith("node")) continue;
    if (!args.some((one) => one.includes("search/worker/entry"))) continue;
    if (await isBelow(id, above)) return Number(id);
  }
  return null;
}

async function isBelow(id: string, above: number): Promise<boolean> {
  for (let pid = id; pid !== "" && pid !== "0";) {
    if (pid === String(above)) return true;
    pid = /^PPid:\s*(\d+)/mu.exec(await read(`/proc/${pid}/status`))?.[1] ?? "";
  }
  return false;
}

function read(path: string): Promise<string> {
  return readFile(path, "utf8").catch(() => "");
}
