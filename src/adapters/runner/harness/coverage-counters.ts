import type { PrivateNode } from "./private-node.ts";

/** The counters of one file as istanbul keeps them. */
export interface FileCounters {
  readonly s: Record<string, number>;
  readonly f: Record<string, number>;
  readonly b: Record<string, number[]>;
}

type CoverageRealm = Record<string, unknown>;

/** Reads what `__coverage__` of a realm holds now. */
export function readCoverage(realm: CoverageRealm): Record<string, FileCounters> {
  const found = realm["__coverage__"];
  return typeof found === "object" && found !== null ? (found as Record<string, FileCounters>) : {};
}

/** Remembers all counters of a realm, to tell later which ones moved. */
export function takeCounterMark(realm: CoverageRealm): ReadonlyMap<string, readonly number[]> {
  const mark = new Map<string, number[]>();
  for (const [file, counters] of Object.entries(readCoverage(realm))) {
    mark.set(file, flatten(counters));
  }
  return mark;
}

/** Names the counters that moved since the mark, by file: `s3`, `f0`, `b2.1`. Files loaded since count from zero. */
export function listMovedCounters(
  realm: CoverageRealm,
  mark: ReadonlyMap<string, readonly number[]>,
): Record<string, string[]> {
  const moved: Record<string, string[]> = {};
  for (const [file, counters] of Object.entries(readCoverage(realm))) {
    const before = mark.get(file);
    const after = flatten(counters);
    if (before !== undefined && after.every((value, index) => value === before[index])) continue;
    const names = nameCounters(counters).filter(
      (_name, index) => (after[index] ?? 0) > (before?.[index] ?? 0),
    );
    if (names.length > 0) moved[file] = names;
  }
  return moved;
}

function flatten({ s, f, b }: FileCounters): number[] {
  const flat = Object.values(s);
  for (const count of Object.values(f)) flat.push(count);
  for (const counts of Object.values(b)) for (const count of counts) flat.push(count);
  return flat;
}

function nameCounters({ s, f, b }: FileCounters): string[] {
  const names = Object.keys(s).map((key) => `s${key}`);
  for (const key of Object.keys(f)) names.push(`f${key}`);
  for (const [key, counts] of Object.entries(b)) {
    counts.forEach((_count, arm) => names.push(`b${key}.${arm}`));
  }
  return names;
}

/**
 * Adds the realm's counters to the dump on disk, so that several realms and processes, one after the
 * other, give one sum. A dump that is not readable is started anew.
 */
export function addToDump(node: PrivateNode, path: string, realm: CoverageRealm): void {
  const total = readDump(node, path);
  for (const [file, counters] of Object.entries(readCoverage(realm))) {
    const sum = total[file];
    if (sum === undefined) total[file] = counters;
    else addCounters(sum, counters);
  }
  const temporary = `${path}.${process.pid}.tmp`;
  node.fs.writeFileSync(temporary, JSON.stringify(total));
  node.fs.renameSync(temporary, path);
}

function readDump(node: PrivateNode, path: string): Record<string, FileCounters> {
  try {
    return JSON.parse(node.fs.readFileSync(path, "utf8")) as Record<string, FileCounters>;
  } catch {
    return {};
  }
}

function addCounters(sum: FileCounters, more: FileCounters): void {
  for (const [key, count] of Object.entries(more.s)) sum.s[key] = (sum.s[key] ?? 0) + count;
  for (const [key, count] of Object.entries(more.f)) sum.f[key] = (sum.f[key] ?? 0) + count;
  for (const [key, counts] of Object.entries(more.b)) {
    const arms = (sum.b[key] ??= []);
    counts.forEach((count, arm) => {
      arms[arm] = (arms[arm] ?? 0) + count;
    });
  }
}
