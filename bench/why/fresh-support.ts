import { spawn } from "node:child_process";
import { readFile, readdir, symlink, writeFile } from "node:fs/promises";
import { join } from "node:path";
import type { Injected } from "./fault.ts";
import { BIN, toGenerate, toInjected, type Ended, type RunOptions, type Stage } from "./stage.ts";

/** Bounded by time, where that is part of the fault. */
const TIMED: Readonly<Record<string, string>> = { "--workers": "1", "--reruns": "1" };
/** As few executions as a run can do with: what goes wrong here goes wrong early. */
const SMALL: Readonly<Record<string, string>> = { ...TIMED, "--max-executions": "60" };
/** What a busy machine alone does to a run that is well otherwise. */
const BUSY = /^types are incomplete: the type checker was stopped after/u;

export function toSmall(
  flags: Readonly<Record<string, string>> = {},
  targets: readonly string[] = [],
): readonly string[] {
  const bound = flags["--max-time"] === undefined ? SMALL : TIMED;
  return toGenerate({ ...bound, ...flags }, targets);
}

/** Runs a very short `generate`, and tells whether it suffered from more than a busy machine. */
export async function small(
  stage: Stage,
  flags: Readonly<Record<string, string>> = {},
  options: RunOptions = {},
  targets: readonly string[] = [],
): Promise<Injected> {
  return toFelt(await stage.regoose(toSmall(flags, targets), options));
}

export function toFelt(ended: Ended): Injected {
  const injected = toInjected(ended);
  if (ended.code !== 0 || !injected.isFelt) return injected;
  const { data } = JSON.parse(ended.stdout) as {
    data?: { degradations?: readonly string[] } | null;
  };
  const left = (data?.degradations ?? []).filter((one) => !BUSY.test(one));
  return { ...injected, isFelt: left.length > 0 };
}

/** Gives the project the packages of this repository. */
export async function withModules(stage: Stage): Promise<void> {
  await symlink(stage.modules, join(stage.root, "node_modules"));
}

/** Gives the project some of them. */
export async function withPackages(stage: Stage, names: readonly string[]): Promise<void> {
  await stage.files({ "node_modules/.keep": "" }, null);
  for (const name of names)
    await symlink(join(stage.modules, name), join(stage.root, "node_modules", name));
}

/** An environment that names a scripted model as the provider `local`, and no other. */
export async function withModel(stage: Stage, script: unknown): Promise<Record<string, string>> {
  const path = join(stage.side, "script.json");
  await writeFile(path, JSON.stringify(script));
  const child = spawn(process.execPath, [BIN, "mock-llm", "--script", path], {
    cwd: stage.side,
    stdio: ["ignore", "pipe", "pipe"],
  });
  const gone = new Promise<void>((resolve) => {
    child.once("exit", () => {
      resolve();
    });
  });
  stage.defer(async () => {
    child.kill("SIGTERM");
    await gone;
  });
  const url = await new Promise<string>((resolve, reject) => {
    let text = "";
    const hear = (more: string): void => {
      text += more;
      const found = /http:\/\/127\.0\.0\.1:\d+/u.exec(text)?.[0];
      if (found !== undefined) resolve(found);
    };
    child.stdout.setEncoding("utf8").on("data", hear);
    child.stderr.setEncoding("utf8").on("data", hear);
    child.once("exit", () => {
      reject(new Error(`mock-llm ended: ${text}`));
    });
  });
  return toModelEnvironment(stage, `${url}/v1`);
}

export function toModelEnvironment(stage: Stage, baseUrl: string): Record<string, string> {
  return {
    ...{ HOME: stage.side, XDG_STATE_HOME: stage.side, XDG_CONFIG_HOME: stage.side },
    ...{ OPENAI_API_KEY: "", ANTHROPIC_API_KEY: "", GEMINI_API_KEY: "", DEEPSEEK_API_KEY: "" },
    REGOOSE_PROVIDERS_LOCAL_BASE_URL: baseUrl,
    REGOOSE_PROVIDERS_LOCAL_MODEL: "mock-model",
    REGOOSE_PROVIDERS_LOCAL_API_KEY: "env:BENCH_LOCAL",
    BENCH_LOCAL: "sk-bench-0001",
  };
}

/** Processes below one, with their command lines. */
export async function findBelow(
  top: number,
): Promise<readonly { readonly pid: number; readonly parent: number; readonly line: string }[]> {
  const ids = (await readdir("/proc")).filter((name) => /^\d+$/u.test(name)).map(Number);
  const read = (path: string): Promise<string> => readFile(path, "utf8").catch(() => "");
  const all = await Promise.all(
    ids.map(async (pid) => ({
      pid,
      parent: Number(
        /^PPid:\s*(\d+)/mu.exec(await read(`/proc/${String(pid)}/status`))?.[1] ?? "0",
      ),
      line: (await read(`/proc/${String(pid)}/cmdline`)).replaceAll("\0", " "),
    })),
  );
  const below = new Set([top]);
  for (let size = 0; size !== below.size;) {
    size = below.size;
    for (const one of all) if (below.has(one.parent)) below.add(one.pid);
  }
  return all.filter(({ pid }) => pid !== top && below.has(pid));
}
