import { spawn, spawnSync, type ChildProcess } from "node:child_process";
import { mkdir, mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import type { Envelope, GenerateData } from "../../../src/contract/envelope.ts";
import { expectWholeTrace } from "./trace.ts";

const ROOT = join(import.meta.dirname, "..", "..", "..");
export const BIN: string = join(ROOT, "bin", "regoose.js");

/** How one call of the built command ended. */
export interface CliResult {
  readonly code: number | null;
  readonly stdout: string;
  readonly stderr: string;
}

/** Runs the built command and waits for it. Where it ran something and ended well, its trace must be whole. */
export async function runCli(
  args: readonly string[],
  options: {
    readonly cwd: string;
    readonly stdin?: string;
    readonly env?: Readonly<Record<string, string>>;
  },
): Promise<CliResult> {
  const child = startCli(args, options);
  const result = await waitFor(child, options.stdin ?? "");
  const hasRun = ["generate", "resume", "rerun"].includes(args[0] ?? "") && result.code === 0;
  const isTraced = options.env?.["REGOOSE_TELEMETRY"] !== "off";
  if (hasRun && isTraced) await expectWholeTrace(options.cwd, args[0]);
  return result;
}

/** Runs the built command where the file system is changed by options of bubblewrap. */
export async function runCliIn(
  mounts: readonly string[],
  args: readonly string[],
  options: { readonly cwd: string; readonly env?: Readonly<Record<string, string>> },
): Promise<CliResult> {
  const box = ["--dev-bind", "/", "/", ...mounts, "--die-with-parent", "--chdir", options.cwd];
  const child = spawn("bwrap", [...box, process.execPath, BIN, ...args], {
    cwd: options.cwd,
    env: { ...process.env, NO_COLOR: "1", ...options.env },
    stdio: ["pipe", "pipe", "pipe"],
  });
  return waitFor(child);
}

/** Starts the built command; the caller waits with {@link waitFor}. */
export function startCli(
  args: readonly string[],
  options: { readonly cwd: string; readonly env?: Readonly<Record<string, string>> },
): ChildProcess {
  return spawn(process.execPath, [BIN, ...args], {
    cwd: options.cwd,
    env: { ...process.env, NO_COLOR: "1", ...options.env },
    stdio: ["pipe", "pipe", "pipe"],
  });
}

export async function waitFor(child: ChildProcess, stdin = ""): Promise<CliResult> {
  let stdout = "";
  let stderr = "";
  child.stdout?.setEncoding("utf8").on("data", (text: string) => (stdout += text));
  child.stderr?.setEncoding("utf8").on("data", (text: string) => (stderr += text));
  child.stdin?.end(stdin);
  const code = await new Promise<number | null>((resolve, reject) => {
    child.on("error", reject);
    child.on("close", resolve);
  });
  return { code, stdout, stderr };
}

/** Parses the one JSON object that `--json` prints; fails on anything else on stdout. */
export function toEnvelope<T = GenerateData>(result: CliResult): Envelope<T> {
  const lines = result.stdout.trim().split("\n");
  if (lines.length !== 1)
    throw new Error(
      `expected one line on stdout, got ${String(lines.length)}:\n${result.stdout.slice(0, 2000)}\n${result.stderr.slice(0, 2000)}`,
    );
  return JSON.parse(lines[0] ?? "") as Envelope<T>;
}

/** A throw-away project; disposing removes it. */
export interface Scratch extends AsyncDisposable {
  readonly root: string;
}

/** Makes a project from files; a `package.json` is added unless given as null. */
export async function aProject(
  files: Readonly<Record<string, string>>,
  manifest: Readonly<Record<string, unknown>> | null = {},
): Promise<Scratch> {
  const root = await mkdtemp(join(tmpdir(), "regoose-e2e-"));
  const all =
    manifest === null
      ? files
      : {
          "package.json": JSON.stringify({ name: "scratch", version: "1.0.0", ...manifest }),
          ...files,
        };
  for (const [path, content] of Object.entries(all)) {
    await mkdir(dirname(join(root, path)), { recursive: true });
    await writeFile(join(root, path), content);
  }
  return { root, [Symbol.asyncDispose]: () => rm(root, { recursive: true, force: true }) };
}

/** True when bubblewrap works here, so that tests of level `namespace` can run. In CI it must. */
export function hasNamespace(): boolean {
  if (process.env["CI"] === "true") return true;
  return spawnSync("bwrap", ["--version"]).status === 0;
}
