/** How long the packed command takes to say its version, beside what the same Node takes for an empty file. */
import { spawnSync } from "node:child_process";
import { writeFileSync } from "node:fs";
import { join } from "node:path";

/** Most that `--version` may take, as a multiple of an empty file. */
export const STARTUP_GOAL = 1.5;

/** Times of both in turns, so that a busy moment of the machine falls on both, ms. */
export interface Startup {
  readonly bare: number[];
  readonly command: number[];
}

/** Fill the file cache and the compile cache; not counted. */
const WARM_UP_ROUNDS = 3;

/** Times rounds until `isEnough`, asked after each. `folder` is empty but for what is written here. */
export function timeStartup(
  node: string,
  bin: string,
  folder: string,
  isEnough: (startup: Startup) => boolean,
): Startup {
  const emptyFile = join(folder, "empty.js");
  writeFileSync(emptyFile, "");
  const startup: Startup = { bare: [], command: [] };
  for (let round = 0; round < WARM_UP_ROUNDS || !isEnough(startup); round += 1) {
    const bareMs = time(node, [emptyFile], folder);
    const commandMs = time(node, [bin, "--version"], folder);
    if (round < WARM_UP_ROUNDS) continue;
    startup.bare.push(bareMs);
    startup.command.push(commandMs);
  }
  return startup;
}

/**
 * The quickest of each, as a ratio: other work on the machine only ever makes a start slower, so that the quickest of
 * some says most about the command itself.
 */
export function toLeastRatio({ bare, command }: Startup): number {
  return Math.min(...command) / Math.min(...bare);
}

function time(node: string, args: readonly string[], cwd: string): number {
  const startedMs = performance.now();
  const { status } = spawnSync(node, args, { cwd, stdio: "ignore" });
  if (status !== 0) throw new Error(`${[node, ...args].join(" ")} ended with ${String(status)}`);
  return performance.now() - startedMs;
}
