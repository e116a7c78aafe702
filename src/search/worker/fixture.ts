import fs from "node:fs";
import { syncBuiltinESMExports } from "node:module";
import { tmpdir } from "node:os";
import { join, resolve, sep } from "node:path";

import { FIXTURE_FILES } from "../../contract/program.ts";
import { createFileOrder, type FileOrder } from "./file-order.ts";
import { findOutsidePath } from "./outside-paths.ts";
import { realChdir, realFs } from "./private-world.ts";

/** How the fixture folder and the project root are written in snapshots. */
export const FIXTURE_MARK: string = "<fixture>";
export const ROOT_MARK: string = "<project>";

/** Folders between the temporary one and those of a program, where it is elsewhere. */
const ELSEWHERE = ["regoose", "far", "from", "here"];
const MAX_FILES = 60;
const MAX_CONTENT = 4000;

/** A folder that programs may change, put back in order only where one did. */
export interface Fixture {
  readonly folder: string;
  /** The current folder of programs that do not use the fixture. */
  readonly homeFolder: string;
  /** Makes the home folder the current one, once modules are loaded: they may look for files where they stand. */
  arrive(): void;
  /** True once any file function was called since the last `begin` or `watch`. */
  wasTouched(): boolean;
  /** Starts a program that stays where it is. */
  watch(): void;
  /** Makes the folder pristine and the current directory. */
  begin(): void;
  /** Leaves the folder; answers what changed in it: path → content, null when removed. */
  end(): Readonly<Record<string, string | null>>;
}

/**
 * Creates the fixture folder and wraps the file functions to see who writes. Elsewhere, both folders are deeper down
 * and have other names, and file operations that were begun together end the other way round, not as they were begun:
 * what changes with that is the machine's. With `keepsToFixture`, programs may write only there and in folders that they make by `mkdtemp`:
 * what is recorded becomes a test, and any other place is the user's where that runs.
 */
export function createFixture(
  projectFolder: string,
  onForbidden: (name: string) => void,
  {
    isElsewhere = false,
    keepsToFixture = false,
  }: { readonly isElsewhere?: boolean; readonly keepsToFixture?: boolean } = {},
): Fixture {
  const base = realFs.realpathSync(tmpdir());
  const folder = join(base, ...(isElsewhere ? ELSEWHERE : []), "regoose-fixture");
  const homeFolder = isElsewhere ? join(base, ...ELSEWHERE, "home") : projectFolder;
  const order = createFileOrder(isElsewhere ? "turned-round" : "as-begun");
  const state: FixtureState = { isDirty: true, isTouched: false, isArmed: false };
  for (const one of [folder, homeFolder]) realFs.mkdirSync(one, { recursive: true });
  const readable = [base, tmpdir(), projectFolder];
  const places: Places = { readable, writable: keepsToFixture ? [folder] : readable };
  wrapFileFunctions({ state, places, order }, onForbidden);
  return {
    folder,
    homeFolder,
    arrive() {
      if (isElsewhere) realChdir(homeFolder);
    },
    wasTouched: () => state.isTouched,
    watch() {
      state.isArmed = true;
      state.isTouched = false;
    },
    begin() {
      state.isArmed = true;
      if (state.isDirty) rebuild(folder);
      state.isDirty = false;
      state.isTouched = false;
      realChdir(folder);
    },
    end() {
      const changes = state.isDirty ? listChanges(folder) : {};
      realChdir(homeFolder);
      return changes;
    },
  };
}

/** Folders below which programs may read and write. */
interface Places {
  readonly readable: readonly string[];
  readonly writable: readonly string[];
}

interface FixtureState {
  isDirty: boolean;
  isTouched: boolean;
  /** True while a program may be running: loading modules opens files of its own. */
  isArmed: boolean;
}

const READERS =
  /^(?:read|stat|lstat|access|exists|opendir|realpath|readdir|watch|glob|statfs|fstat|fsync|fdatasync|close|createReadStream)/u;
const WRITERS =
  /^(?:write|append|copyFile|cp|mkdir|mkdtemp|rm|rmdir|unlink|rename|symlink|link|truncate|ftruncate|chmod|fchmod|lchmod|chown|lchown|utimes|futimes|lutimes|createWriteStream)/u;

/** Descriptors of this process: reading one may block for ever, writing one speaks in our name. */
function listOwnDescriptors(): ReadonlySet<unknown> {
  try {
    const listed = realFs.readdirSync("/proc/self/fd").map(Number);
    // The one that listed them is closed by now.
    return new Set(listed.filter(isOpen));
  } catch {
    return new Set(Array.from({ length: 32 }, (_, descriptor) => descriptor));
  }
}

function isOpen(descriptor: number): boolean {
  try {
    realFs.fstatSync(descriptor);
    return true;
  } catch {
    return false;
  }
}

function wrapFileFunctions(
  {
    state,
    places,
    order,
  }: {
    readonly state: FixtureState;
    readonly places: Places;
    readonly order: FileOrder;
  },
  onForbidden: (name: string) => void,
): void {
  const own = listOwnDescriptors();
  const ownPrefixes: string[] = [];
  for (const holder of [fs, fs.promises] as unknown as Record<string, unknown>[]) {
    for (const [name, value] of Object.entries(holder)) {
      if (typeof value !== "function" || /^[A-Z_]/u.test(name)) continue;
      const isOpen = /^open(?:Sync)?$/u.test(name);
      const isWriter = WRITERS.test(name);
      if (!isOpen && !isWriter && !READERS.test(name)) continue;
      const wrapped = function (this: unknown, ...args: unknown[]): unknown {
        state.isTouched = true;
        if (state.isArmed && own.has(args[0])) {
          onForbidden(`a file descriptor that is not its own (fs.${name})`);
          throw Object.assign(new Error("EBADF: bad file descriptor"), { code: "EBADF" });
        }
        const writes = isWriter || (isOpen && isWriteFlag(args[1]));
        const makesOwn = name.startsWith("mkdtemp") && noteOwnPrefix(args[0], places, ownPrefixes);
        const folders = writes ? places.writable : places.readable;
        const limits = { folders, prefixes: ownPrefixes, isWriter: writes };
        if (state.isArmed && !makesOwn && findOutsidePath(name, args, limits) !== null) {
          onForbidden(`files outside the project (fs.${name})`);
          throw Object.assign(new Error("EACCES: permission denied"), { code: "EACCES" });
        }
        if (writes) state.isDirty = true;
        const run = (given: readonly unknown[]): unknown =>
          Reflect.apply(value, this, given) as unknown;
        return state.isArmed ? order.call(name, args, run) : run(args);
      };
      Object.defineProperties(wrapped, Object.getOwnPropertyDescriptors(value));
      holder[name] = wrapped;
    }
  }
  syncBuiltinESMExports();
}

/** A folder of a name that nobody has is the program's own, wherever temporary files are. */
function noteOwnPrefix(prefix: unknown, { readable }: Places, ownPrefixes: string[]): boolean {
  if (typeof prefix !== "string") return false;
  const path = resolve(prefix);
  if (!readable.some((folder) => path.startsWith(folder + sep))) return false;
  if (!ownPrefixes.includes(path)) ownPrefixes.push(path);
  return true;
}

function isWriteFlag(flag: unknown): boolean {
  if (typeof flag === "number") return flag !== 0;
  return typeof flag === "string" && flag !== "r";
}

function rebuild(folder: string): void {
  // A program may have removed the folder itself.
  realFs.mkdirSync(folder, { recursive: true });
  for (const name of realFs.readdirSync(folder)) removeTree(join(folder, name));
  for (const [path, content] of Object.entries(FIXTURE_FILES)) {
    const full = join(folder, path);
    if (path.endsWith("/")) realFs.mkdirSync(full, { recursive: true });
    else {
      realFs.mkdirSync(resolve(full, ".."), { recursive: true });
      realFs.writeFileSync(full, content);
    }
  }
}

function removeTree(path: string): void {
  try {
    realFs.rmSync(path, { recursive: true, force: true });
  } catch {
    // The target may have taken the write bit from a folder: give it back and try once more.
    try {
      realFs.chmodSync(path, 0o700);
      realFs.rmSync(path, { recursive: true, force: true });
    } catch {
      // What cannot be removed shows up as a difference of the next program and rejects it.
    }
  }
}

function listChanges(folder: string): Record<string, string | null> {
  const found = new Map<string, string | null>();
  collect(folder, "", found);
  const changes: Record<string, string | null> = {};
  for (const [path, content] of [...found].sort(([a], [b]) => (a < b ? -1 : 1))) {
    if (FIXTURE_FILES[path] !== content && content !== null) changes[path] = content;
  }
  for (const path of Object.keys(FIXTURE_FILES)) {
    if (!found.has(path) && !(path.endsWith("/") && found.has(path))) {
      if (!isImplied(path, found)) changes[path] = null;
    }
  }
  return changes;
}

function isImplied(path: string, found: ReadonlyMap<string, string | null>): boolean {
  return path.endsWith("/") && [...found.keys()].some((other) => other.startsWith(path));
}

function collect(folder: string, prefix: string, found: Map<string, string | null>): void {
  let entries: fs.Dirent[];
  try {
    entries = realFs.readdirSync(folder, { withFileTypes: true });
  } catch {
    return;
  }
  if (entries.length === 0 && prefix !== "") found.set(`${prefix}/`, "");
  for (const entry of entries) {
    if (found.size > MAX_FILES) return;
    const path = prefix === "" ? entry.name : `${prefix}/${entry.name}`;
    const full = folder + sep + entry.name;
    if (entry.isDirectory()) collect(full, path, found);
    else if (entry.isFile()) {
      try {
        found.set(path, realFs.readFileSync(full, "utf8").slice(0, MAX_CONTENT));
      } catch {
        found.set(path, null);
      }
    }
  }
}
