/**
 * Loaded before a candidate, inside its sandbox: sets clock and random numbers as `CORPUS_CONDITIONS`
 * says, and writes a line `@deed …` to stderr for each thing that a unit test of a pure module has no
 * business to do.
 */
import { createRequire, syncBuiltinESMExports } from "node:module";
import type { Conditions } from "./conditions.ts";

type AnyFunction = (this: unknown, ...args: unknown[]) => unknown;
type Patchable = Record<string, unknown>;

const require = createRequire(import.meta.url);
const fs = require("node:fs") as Patchable & { promises: Patchable };
const writeSync = fs["writeSync"] as (fd: number, text: string) => void;
const folder = process.cwd();
const conditions = JSON.parse(process.env["CORPUS_CONDITIONS"] ?? "{}") as Conditions;

setRandom();
setClock();
watchFiles();
watch(
  "node:child_process",
  ["spawn", "spawnSync", "exec", "execSync", "execFile", "execFileSync"],
  "spawns",
);
watch("node:dgram", ["createSocket"], "opens a socket");
watch("node:dns", ["lookup", "resolve"], "looks a name up");
const sockets = require("node:net") as { Socket: { prototype: Patchable } };
wrap(sockets.Socket.prototype, "connect", () => "opens a socket");
wrap(globalThis, "fetch", (url) => `fetches ${String(url)}`);
syncBuiltinESMExports();
watchEnvironment();

function report(deed: string): void {
  writeSync(2, `@deed ${deed}\n`);
}

/** Reports a call where `toDeed` has a name for it, and lets it happen: the sandbox holds it. */
function wrap(owner: Patchable, name: string, toDeed: (first: unknown) => string | null): void {
  const original = owner[name] as AnyFunction;
  owner[name] = function (this: unknown, ...args: unknown[]): unknown {
    const deed = toDeed(args[0]);
    if (deed !== null) report(deed);
    return original.apply(this, args);
  };
}

function watch(module: string, names: readonly string[], verb: string): void {
  const owner = require(module) as Patchable;
  for (const name of names) wrap(owner, name, (first) => `${verb} (${name} ${String(first)})`);
}

function watchFiles(): void {
  const readers = [
    "readFile",
    "readFileSync",
    "createReadStream",
    "open",
    "openSync",
    "readdir",
    "readdirSync",
  ];
  const writers = [
    "writeFile",
    "writeFileSync",
    "appendFile",
    "appendFileSync",
    "createWriteStream",
    "mkdir",
    "mkdirSync",
  ];
  for (const [names, verb] of [
    [readers, "reads"],
    [writers, "writes"],
  ] as const) {
    for (const owner of [fs, fs.promises]) {
      for (const name of names.filter((one) => one in owner)) {
        wrap(owner, name, (path) => (isInside(path) ? null : `${verb} ${String(path)}`));
      }
    }
  }
}

/** Relative paths and those of the package itself. */
function isInside(path: unknown): boolean {
  const text = String(path);
  return text.startsWith(`${folder}/`) || text.startsWith(`file://${folder}/`);
}

/** To ask for one variable by name is ordinary; to list them all is not. */
function watchEnvironment(): void {
  process.env = new Proxy(process.env, {
    ownKeys: (target) => {
      report("lists the environment");
      return Reflect.ownKeys(target);
    },
  });
}

function setRandom(): void {
  const { random } = conditions;
  if (random === null) return;
  let state = "seed" in random ? random.seed : 0;
  Math.random = () => {
    if ("always" in random) return random.always;
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 0x1_0000_0000;
  };
}

function setClock(): void {
  const { clock, clockShiftMs } = conditions;
  const RealDate = Date;
  const realNow = performance.now.bind(performance);
  const startedAt = RealDate.now() + clockShiftMs;
  let extraMs = 0;
  const elapsedMs = (): number => {
    if (clock === "slow") extraMs += 7;
    return (clock === "virtual" ? 0 : realNow()) + extraMs;
  };
  const zeroMs = elapsedMs();
  const now = (): number => Math.floor(startedAt + elapsedMs() - zeroMs);
  performance.now = elapsedMs;
  globalThis.Date = new Proxy(RealDate, {
    apply: () => new RealDate(now()).toString(),
    construct: (target, args: unknown[]) =>
      Reflect.construct(target, args.length === 0 ? [now()] : args) as object,
    get: (target, key): unknown => (key === "now" ? now : Reflect.get(target, key)),
  });
  if (clock !== "virtual") return;
  const setVirtualTimeout = (fn: AnyFunction, ms = 0, ...args: unknown[]): unknown =>
    setImmediate(() => {
      extraMs += Math.max(1, ms);
      fn(...args);
    });
  globalThis.setTimeout = setVirtualTimeout as unknown as typeof setTimeout;
}
