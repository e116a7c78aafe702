/**
 * `npm run -s regoose -- ARGS`: the command from a checkout, as if typed in the folder where the
 * user stands (npm's INIT_CWD). Builds first when the build is missing or older than a source.
 */
import { spawn, spawnSync } from "node:child_process";
import { existsSync, readdirSync, statSync } from "node:fs";
import { join } from "node:path";

const root = join(import.meta.dirname, "..");

function newestChange(folder: string): number {
  return readdirSync(folder, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .reduce(
      (newest, entry) => Math.max(newest, statSync(join(entry.parentPath, entry.name)).mtimeMs),
      0,
    );
}

function isBuildStale(): boolean {
  const main = join(root, "dist", "cli", "main.js");
  return !existsSync(main) || statSync(main).mtimeMs < newestChange(join(root, "src"));
}

if (isBuildStale()) {
  const build = spawnSync(process.execPath, [join(root, "scripts", "build.ts")], {
    stdio: ["ignore", process.stderr, process.stderr],
  });
  if (build.status !== 0) process.exit(1);
}
const child = spawn(process.execPath, [join(root, "bin", "regoose.js"), ...process.argv.slice(2)], {
  cwd: process.env["INIT_CWD"] ?? process.cwd(),
  stdio: "inherit",
});
for (const signal of ["SIGINT", "SIGTERM"] as const) {
  // A terminal signals the whole group; a supervisor only this process. Either way the child answers.
  process.on(signal, () => child.kill(signal));
}
child.on("exit", (code, signal) => {
  process.exitCode = code ?? (signal === "SIGINT" ? 130 : 143);
});
