import { spawn, type ChildProcess } from "node:child_process";
import { existsSync } from "node:fs";
import {
  appendFile,
  cp,
  mkdir,
  mkdtemp,
  readFile,
  readdir,
  realpath,
  rm,
  writeFile,
} from "node:fs/promises";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import type { Injected } from "./fault.ts";

const ROOT: string = join(import.meta.dirname, "..", "..");
export const BIN: string = join(ROOT, "bin", "regoose.js");
/** No command of a fault takes longer; what does is ended, ms. */
const PATIENCE_MS = 420_000;

export interface Ended {
  readonly code: number | null;
  readonly signal: NodeJS.Signals | null;
  readonly stdout: string;
  readonly stderr: string;
  readonly durationMs: number;
}

export interface RunOptions {
  readonly env?: Readonly<Record<string, string>>;
  /** Program and arguments that the command is started by, such as a box with a small disk. */
  readonly by?: readonly string[];
}

/** A throw-away folder with a project in it. Its path tells nothing of the fault. */
export interface Stage extends AsyncDisposable {
  /** The project. */
  readonly root: string;
  /** A folder beside it, for what is not part of the project. */
  readonly side: string;
  /** Packages that a project may have installed: those of this repository. */
  readonly modules: string;
  /** Puts a copy of one of `examples/` there. */
  example(name: string): Promise<void>;
  /** Writes files of the project; a manifest is added to them unless it is null. */
  files(
    files: Readonly<Record<string, string>>,
    manifest?: Readonly<Record<string, unknown>> | null,
  ): Promise<void>;
  /** Replaces text that has to be there. */
  edit(path: string, from: string, to: string): Promise<void>;
  append(path: string, text: string): Promise<void>;
  regoose(args: readonly string[], options?: RunOptions): Promise<Ended>;
  start(args: readonly string[], options?: RunOptions): Started;
  /** The newest run of the project; null while there is none. */
  runId(): Promise<string | null>;
  runFolder(): Promise<string>;
  /** Waits until the newest run's log tells that a step has begun or ended. */
  reach(edge: "start" | "end", step: string, started: Started): Promise<void>;
  /** Is done when the stage is put away. */
  defer(work: () => Promise<void>): void;
}

export interface Started {
  readonly child: ChildProcess;
  readonly ended: Promise<Ended>;
}

export async function openStage(): Promise<Stage> {
  const folder = await mkdtemp(join(tmpdir(), "regoose-bench-"));
  const root = join(folder, "project");
  const side = join(folder, "side");
  await mkdir(root);
  await mkdir(side);
  const deferred: (() => Promise<void>)[] = [];
  const runs = join(root, ".regoose", "runs");
  const runId = async (): Promise<string | null> =>
    existsSync(runs) ? ((await readdir(runs)).sort().at(-1) ?? null) : null;
  const runFolder = async (): Promise<string> => join(runs, (await runId()) ?? "none");
  const start: Stage["start"] = (args, options) => startIn(root, args, options);
  return {
    root,
    side,
    modules: await realpath(join(ROOT, "node_modules")),
    example: (name) => cp(join(ROOT, "examples", name), root, { recursive: true }),
    async files(files, manifest = {}) {
      const text = JSON.stringify({ name: "parcel", version: "1.0.0", ...manifest });
      const all = manifest === null ? files : { "package.json": text, ...files };
      for (const [path, content] of Object.entries(all)) {
        await mkdir(dirname(join(root, path)), { recursive: true });
        await writeFile(join(root, path), content);
      }
    },
    async edit(path, from, to) {
      const text = await readFile(join(root, path), "utf8");
      if (!text.includes(from)) throw new Error(`${path} holds no ${JSON.stringify(from)}`);
      await writeFile(join(root, path), text.replace(from, to));
    },
    append: (path, text) => appendFile(join(root, path), text),
    start,
    regoose: (args, options) => start(args, options).ended,
    runId,
    runFolder,
    reach: (edge, step, started) =>
      reach(runFolder, `action-${edge}","data":{"step":"${step}"`, started),
    defer: (work) => deferred.unshift(work),
    async [Symbol.asyncDispose]() {
      for (const work of deferred) await work();
      await rm(folder, { recursive: true, force: true });
    },
  };
}

function startIn(root: string, args: readonly string[], options: RunOptions = {}): Started {
  const startedMs = performance.now();
  const [program = process.execPath, ...rest] = [
    ...(options.by ?? []),
    process.execPath,
    BIN,
    ...args,
  ];
  const child = spawn(program, rest, {
    cwd: root,
    env: { ...process.env, NO_COLOR: "1", ...options.env },
    stdio: ["ignore", "pipe", "pipe"],
  });
  let isOver = false;
  const patience = setTimeout(() => {
    isOver = true;
    child.kill("SIGKILL");
  }, PATIENCE_MS);
  let stdout = "";
  let stderr = "";
  child.stdout.setEncoding("utf8").on("data", (text: string) => (stdout += text));
  child.stderr.setEncoding("utf8").on("data", (text: string) => (stderr += text));
  const ended = new Promise<Ended>((resolve, reject) => {
    child.on("error", reject);
    child.on("close", (code, signal) => {
      clearTimeout(patience);
      // What the bench did to it is no fault of anybody.
      if (isOver) reject(new Error(`it took longer than ${String(PATIENCE_MS / 1_000)} s`));
      resolve({ code, signal, stdout, stderr, durationMs: performance.now() - startedMs });
    });
  });
  return { child, ended };
}

async function reach(
  runFolder: () => Promise<string>,
  mark: string,
  { child }: Started,
): Promise<void> {
  for (;;) {
    const text = await readFile(join(await runFolder(), "events.ndjson"), "utf8").catch(() => "");
    if (text.includes(mark)) return;
    if (child.exitCode !== null || child.signalCode !== null)
      throw new Error(`the command ended before its log told ${mark}`);
    await sleep(20);
  }
}

interface Answer {
  readonly data?: { readonly outcome?: string } | null;
  readonly error?: { readonly code?: string } | null;
}

/** The fault was felt where the command did not end with success. */
export function toInjected(ended: Ended): Injected {
  const { data, error } = toAnswer(ended.stdout);
  const parts = [
    ended.signal ?? `exit ${String(ended.code)}`,
    ...(data?.outcome === undefined ? [] : [data.outcome]),
    ...(error?.code === undefined ? [] : [error.code]),
  ];
  const isWell = ended.code === 0 && (data?.outcome ?? "succeeded") === "succeeded";
  return { isFelt: !isWell, ending: parts.join(" ") };
}

function toAnswer(stdout: string): Answer {
  try {
    return JSON.parse(stdout) as Answer;
  } catch {
    return {};
  }
}

/** A bounded search, so that a fault takes seconds. */
const QUICK: Readonly<Record<string, string>> = {
  "--seed": "1",
  "--workers": "2",
  "--max-executions": "400",
  "--reruns": "2",
};
/** Bounded by time instead, where one execution may take as long as a watchdog lets it. */
const TIMED: Readonly<Record<string, string>> = {
  "--seed": "1",
  "--workers": "2",
  "--reruns": "2",
};

/** The arguments of a short `generate`; a `--max-time` takes the place of the number of executions. */
export function toGenerate(
  flags: Readonly<Record<string, string>> = {},
  targets: readonly string[] = [],
): readonly string[] {
  const all = { ...(flags["--max-time"] === undefined ? QUICK : TIMED), ...flags };
  return ["generate", "--json", "--quiet", ...Object.entries(all).flat(), ...targets];
}

/** Runs the short `generate` and tells how it ended. */
export async function generate(
  stage: Stage,
  flags: Readonly<Record<string, string>> = {},
  options: RunOptions = {},
): Promise<Injected> {
  return toInjected(await stage.regoose(toGenerate(flags), options));
}
