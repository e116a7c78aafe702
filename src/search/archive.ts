import type { CounterId } from "../contract/coverage.ts";
import type { TestProgram } from "../contract/program.ts";
import { BUCKETS, COUNTERS_PER_FILE, type CorpusItem } from "./protocol.ts";

/** Counters of one file, as a search process told. */
export interface FileLayout {
  readonly statements: number;
  readonly functions: number;
  readonly branches: readonly number[];
}

/** Everything the search has found, on the trusted side. Bounded. */
export interface Archive {
  readonly items: readonly CorpusItem[];
  /** Programs that kill mutants → switch ids that they were first to kill. */
  readonly killers: ReadonlyMap<
    string,
    { readonly program: TestProgram; readonly kills: Set<string> }
  >;
  readonly killed: ReadonlySet<string>;
  readonly covered: ReadonlySet<number>;
  /** Takes an item when it shows a feature that nothing here shows, or an outcome while there is room. */
  addItem(item: CorpusItem): boolean;
  addKills(program: TestProgram, switchIds: readonly string[]): void;
  setLayout(file: string, layout: FileLayout): void;
  /** Tells which counters loading the modules moves; they count as covered, for no program. */
  setLoaded(counters: readonly number[]): void;
  /** Covered and total counters, by kind. */
  count(): {
    readonly statements: { covered: number; total: number };
    readonly branches: { covered: number; total: number };
  };
  /** Counter number → `file#s3`; null for a number of no known file. */
  toCounterId(counter: number): CounterId | null;
}

const MAX_ITEMS = 6_000;
const MAX_PLAIN_ITEMS = 1_500;
const MAX_KILLERS = 6_000;

/** Creates an empty archive; `files` gives counter numbers their meaning. */
export function createArchive(files: readonly string[]): Archive {
  const items: CorpusItem[] = [];
  const keys = new Set<string>();
  const features = new Set<number>();
  const covered = new Set<number>();
  const loaded = new Set<number>();
  const killers = new Map<string, { program: TestProgram; kills: Set<string> }>();
  const killed = new Set<string>();
  const layouts = new Map<string, FileLayout>();
  let plain = 0;
  return {
    items,
    killers,
    killed,
    covered,
    addItem(item) {
      const fresh = item.fresh.filter((feature) => !features.has(feature));
      if (items.length >= MAX_ITEMS || (fresh.length === 0 && plain >= MAX_PLAIN_ITEMS))
        return false;
      const key = JSON.stringify(item.program);
      for (const feature of fresh) {
        features.add(feature);
        covered.add(Math.trunc(feature / BUCKETS));
      }
      if (keys.has(key)) return false;
      if (fresh.length === 0 && item.fresh.length > 0) return false;
      keys.add(key);
      if (fresh.length === 0) plain += 1;
      items.push({ program: item.program, fresh });
      return true;
    },
    addKills(program, switchIds) {
      const fresh = switchIds.filter((id) => !killed.has(id));
      if (fresh.length === 0 || killers.size >= MAX_KILLERS) return;
      for (const id of fresh) killed.add(id);
      const key = JSON.stringify(program);
      const killer = killers.get(key) ?? { program, kills: new Set<string>() };
      for (const id of fresh) killer.kills.add(id);
      killers.set(key, killer);
    },
    setLayout(file, layout) {
      if (files.includes(file)) layouts.set(file, layout);
    },
    setLoaded(counters) {
      for (const counter of counters) loaded.add(counter);
    },
    count: () => countCounters(files, layouts, new Set([...loaded, ...covered])),
    toCounterId: (counter) => {
      const file = files[Math.trunc(counter / COUNTERS_PER_FILE)];
      const layout = file === undefined ? undefined : layouts.get(file);
      if (file === undefined || layout === undefined) return null;
      return nameCounter(file, layout, counter % COUNTERS_PER_FILE);
    },
  };
}

function nameCounter(file: string, layout: FileLayout, local: number): CounterId | null {
  if (local < layout.statements) return `${file}#s${local}`;
  if (local < layout.statements + layout.functions) return `${file}#f${local - layout.statements}`;
  let left = local - layout.statements - layout.functions;
  for (const [branch, arms] of layout.branches.entries()) {
    if (left < arms) return `${file}#b${branch}.${left}`;
    left -= arms;
  }
  return null;
}

function countCounters(
  files: readonly string[],
  layouts: ReadonlyMap<string, FileLayout>,
  covered: ReadonlySet<number>,
): ReturnType<Archive["count"]> {
  const statements = { covered: 0, total: 0 };
  const branches = { covered: 0, total: 0 };
  for (const layout of layouts.values()) {
    statements.total += layout.statements;
    branches.total += layout.branches.reduce((sum, arms) => sum + arms, 0);
  }
  for (const counter of covered) {
    const layout = layouts.get(files[Math.trunc(counter / COUNTERS_PER_FILE)] ?? "");
    if (layout === undefined) continue;
    const local = counter % COUNTERS_PER_FILE;
    if (local < layout.statements) statements.covered += 1;
    else if (local >= layout.statements + layout.functions) branches.covered += 1;
  }
  return { statements, branches };
}
