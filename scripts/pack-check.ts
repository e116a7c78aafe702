/**
 * Packs the package and checks what a stranger would install: publint, types, and the command itself,
 * installed from the npm registry into an empty folder and run under the oldest Node and this one, and how long it takes to
 * start.
 */
import { execFileSync, spawn } from "node:child_process";
import { cpSync, mkdirSync, mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { STARTUP_GOAL, timeStartup, toLeastRatio } from "./startup-time.ts";
import { installNode, installPackage, OLDEST_NODE, packPackage } from "./packed-command.ts";

const root = join(import.meta.dirname, "..");
const scratch = mkdtempSync(join(tmpdir(), "regoose-pack-"));
/** Far above what a call takes, so that one that hangs ends. */
const CALL_LIMIT_MS = 120_000;
/** Enough for a quiet machine, and as many as a busy one gets to have a quiet moment for both. */
const LEAST_STARTS = 5;
const MOST_STARTS = 60;

try {
  const tarball = await packPackage(scratch);
  const installed = Promise.all([
    installPackage(tarball, join(scratch, "app")),
    installNode(OLDEST_NODE, join(scratch, "oldest-node")),
  ]);
  // Waited for below; a failure meanwhile is not one that nobody handles.
  installed.catch(() => undefined);
  execFileSync("publint", ["run", tarball, "--strict"], { cwd: root, stdio: "inherit" });
  execFileSync("attw", [tarball, "--profile", "esm-only"], { cwd: root, stdio: "inherit" });
  const [bin, oldestNode] = await installed;
  await Promise.all([checkCommand(oldestNode, bin), checkCommand(process.execPath, bin)]);
  for (const node of [oldestNode, process.execPath]) checkStartup(node, bin);
} catch (failure) {
  process.exitCode = 1;
  process.stderr.write(
    `pack check failed: ${failure instanceof Error ? failure.message : String(failure)}\n`,
  );
} finally {
  rmSync(scratch, { recursive: true, force: true });
}

/** The calls that a first visitor makes, in surroundings that hold nothing of this checkout. */
async function checkCommand(node: string, bin: string): Promise<void> {
  const name = (await call(node, ["--version"], scratch)).trim().slice(1);
  const home = join(scratch, `home-${name}`);
  const project = join(scratch, `project-${name}`);
  mkdirSync(home);
  cpSync(join(root, "examples", "interval-set"), project, { recursive: true });
  const regoose = (...args: readonly string[]): Promise<string> =>
    call(node, [bin, ...args], project, home);

  expect(name, "--version", /^\d+\.\d+\.\d+\n$/u.test(await regoose("--version")));
  const help = await regoose("--help");
  expect(name, "--help", /generate[^]*verify[^]*report[^]*doctor/u.test(help));
  const doctor = parse(await regoose("doctor", "--json"));
  expect(name, "doctor --json", doctor.ok && doctor.data?.ready === true);
  const budget = ["--seed", "1", "--max-executions", "200", "--reruns", "1"];
  const generated = parse(await regoose("generate", "--json", ...budget));
  const tests = generated.data?.suite?.tests ?? 0;
  expect(name, "generate", generated.ok && tests > 0);
  process.stdout.write(`packed command under Node ${name}: ok, ${tests} tests generated\n`);
}

/** `--version` loads next to nothing: at most half more than what Node itself takes to start. */
function checkStartup(node: string, bin: string): void {
  const startup = timeStartup(node, bin, scratch, (so) => {
    const starts = so.bare.length;
    return starts >= MOST_STARTS || (starts >= LEAST_STARTS && toLeastRatio(so) <= STARTUP_GOAL);
  });
  const ratio = toLeastRatio(startup);
  const figure = `${ratio.toFixed(2)} of an empty file (goal ≤ ${String(STARTUP_GOAL)}, ${String(startup.bare.length)} starts)`;
  if (!(ratio <= STARTUP_GOAL)) throw new Error(`${node}: --version takes ${figure}`);
  process.stdout.write(`packed --version under ${node}: ${figure}\n`);
}

interface Answer {
  readonly ok: boolean;
  readonly data: { readonly ready?: boolean; readonly suite?: { readonly tests: number } } | null;
}

function parse(text: string): Answer {
  return JSON.parse(text) as Answer;
}

function expect(node: string, what: string, isTrue: boolean): void {
  if (!isTrue)
    throw new Error(`under Node ${node}, \`regoose ${what}\` did not answer as it should`);
}

function call(
  node: string,
  args: readonly string[],
  cwd: string,
  home: string = scratch,
): Promise<string> {
  const child = spawn(node, args, {
    cwd,
    env: { PATH: "/usr/local/bin:/usr/bin:/bin", HOME: home, NO_COLOR: "1" },
    stdio: ["ignore", "pipe", "pipe"],
    timeout: CALL_LIMIT_MS,
  });
  let [stdout, stderr] = ["", ""];
  child.stdout.setEncoding("utf8").on("data", (text: string) => (stdout += text));
  child.stderr.setEncoding("utf8").on("data", (text: string) => (stderr += text));
  return new Promise((resolve, reject) => {
    child.on("error", reject);
    child.on("close", (code, signal) => {
      if (code === 0) resolve(stdout);
      else
        reject(
          new Error(
            `${[node, ...args].join(" ")} ended with ${String(code ?? signal)}\n${stdout}${stderr}`,
          ),
        );
    });
  });
}
