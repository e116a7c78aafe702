/**
 * `npm run bench:startup`: how long the packed command takes to answer `--version`, as a multiple of
 * what the same Node takes for an empty file. Goal: at most 1.5. Needs the npm registry.
 */
import { spawnSync } from "node:child_process";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { cpus, tmpdir } from "node:os";
import { join } from "node:path";
import {
  installNode,
  installPackage,
  OLDEST_NODE,
  packPackage,
} from "../../scripts/packed-command.ts";

const ROUNDS = 15;
/** Fill the file cache and the compile cache; not counted. */
const WARM_UP_ROUNDS = 3;
const GOAL = 1.5;

const scratch = mkdtempSync(join(tmpdir(), "regoose-startup-"));
try {
  const bin = await installPackage(await packPackage(scratch), join(scratch, "app"));
  const oldest = await installNode(OLDEST_NODE, join(scratch, "oldest-node"));
  const emptyFile = join(scratch, "empty.js");
  writeFileSync(emptyFile, "");
  process.stdout.write(`median of ${ROUNDS}, ${cpus().length} × ${cpus()[0]?.model ?? "?"}\n`);
  for (const node of [oldest, process.execPath]) report(node, bin, emptyFile);
} finally {
  rmSync(scratch, { recursive: true, force: true });
}

function report(node: string, bin: string, emptyFile: string): void {
  const bare: number[] = [];
  const command: number[] = [];
  // In turns, so that a busy moment of the machine falls on both.
  for (let round = 0; round < WARM_UP_ROUNDS + ROUNDS; round += 1) {
    const bareMs = time(node, [emptyFile]);
    const commandMs = time(node, [bin, "--version"]);
    if (round < WARM_UP_ROUNDS) continue;
    bare.push(bareMs);
    command.push(commandMs);
  }
  const ratio = toMedian(command) / toMedian(bare);
  const version = spawnSync(node, ["--version"], { encoding: "utf8" }).stdout.trim();
  process.stdout.write(
    `Node ${version}: empty file ${toMedian(bare).toFixed(1)} ms, regoose --version ` +
      `${toMedian(command).toFixed(1)} ms, ratio ${ratio.toFixed(2)} (goal ≤ ${GOAL})\n`,
  );
  if (ratio > GOAL) process.exitCode = 3;
}

function time(node: string, args: readonly string[]): number {
  const startedMs = performance.now();
  const { status } = spawnSync(node, args, { cwd: scratch, stdio: "ignore" });
  if (status !== 0) throw new Error(`${[node, ...args].join(" ")} ended with ${String(status)}`);
  return performance.now() - startedMs;
}

function toMedian(values: readonly number[]): number {
  const sorted = [...values].sort((left, right) => left - right);
  return sorted[Math.floor(sorted.length / 2)] ?? Number.NaN;
}
