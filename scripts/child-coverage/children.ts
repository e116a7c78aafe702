import type { Profiler } from "node:inspector";
import { mkdir, readdir, readFile, rm, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { fileURLToPath, pathToFileURL } from "node:url";
import { addHits, toHits, toSourceHits, type Hits } from "./hits.ts";
import { readPositionPairs, type PositionPair } from "./position-pairs.ts";

interface Report {
  readonly result: readonly Profiler.ScriptCoverage[];
}

/** A file that children ran, and how its places lie in the source. */
interface Compiled {
  readonly sourcePath: string;
  readonly source: string;
  readonly code: string;
  /** Null where the file is the source itself, whose types Node blanked out. */
  readonly pairs: readonly PositionPair[] | null;
}

const root = join(import.meta.dirname, "..", "..");
const SOURCES = pathToFileURL(join(root, "src")).href + "/";
const BUILD = pathToFileURL(join(root, "dist")).href + "/";

/**
 * Keeps of what Node wrote into `raw` only our own files, as one report in `kept`, and empties `raw`.
 * One run of the command reports 8 MB, nearly all of it dependencies.
 */
export async function condenseReports(raw: string, kept: string, name: string): Promise<void> {
  const result: Profiler.ScriptCoverage[] = [];
  for (const report of await readReports(raw)) {
    result.push(
      ...report.result.filter(({ url }) => url.startsWith(SOURCES) || url.startsWith(BUILD)),
    );
  }
  await rm(raw, { recursive: true, force: true });
  if (result.length === 0) return;
  await mkdir(kept, { recursive: true });
  await writeFile(join(kept, `${name}.json`), JSON.stringify({ result }));
}

/** Sums up what children reached, by the path of the source. */
export async function readChildHits(kept: string): Promise<ReadonlyMap<string, Hits>> {
  const sums = new Map<string, Hits>();
  const files = new Map<string, Compiled | null>();
  for (const report of await readReports(kept)) {
    for (const { url, functions } of report.result) {
      const compiled = files.get(url) ?? (await readCompiled(url));
      files.set(url, compiled);
      if (compiled === null) continue;
      const { sourcePath, source, code, pairs } = compiled;
      const hits = toHits(functions, code.length);
      const sum = sums.get(sourcePath) ?? new Float64Array(source.length);
      addHits(sum, pairs === null ? hits : toSourceHits({ text: code, hits }, pairs, source));
      sums.set(sourcePath, sum);
    }
  }
  return sums;
}

async function readCompiled(url: string): Promise<Compiled | null> {
  const path = fileURLToPath(url.split("?")[0] ?? url);
  try {
    const code = await readFile(path, "utf8");
    if (url.startsWith(SOURCES)) {
      return { sourcePath: path, source: code, code, pairs: null };
    }
    const map = JSON.parse(await readFile(`${path}.map`, "utf8")) as { readonly mappings: string };
    const sourcePath = join(root, "src", path.slice(join(root, "dist").length)).replace(
      /\.js$/u,
      ".ts",
    );
    const source = await readFile(sourcePath, "utf8");
    const pairs = readPositionPairs(map.mappings, source, code);
    return { sourcePath, source, code, pairs };
  } catch {
    return null;
  }
}

/** Reads what ended whole: a process killed while it wrote leaves half a report. */
async function readReports(folder: string): Promise<readonly Report[]> {
  const names = await readdir(folder).catch(() => []);
  const reports: Report[] = [];
  for (const name of names) {
    try {
      reports.push(JSON.parse(await readFile(join(folder, name), "utf8")) as Report);
    } catch {
      continue;
    }
  }
  return reports;
}
