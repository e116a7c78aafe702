/**
 * Compiles `src` to `dist`; the previous build is replaced only when the new one is complete. The entry of a search
 * process becomes one file: a search starts dozens, and each would find, read and compile 50 modules.
 */
import { execFileSync } from "node:child_process";
import { existsSync, renameSync, rmSync } from "node:fs";
import { join } from "node:path";
import { build } from "rolldown";

const root = join(import.meta.dirname, "..");
const staged = join(root, `dist.staged-${process.pid}`);
const target = join(root, "dist");
const retired = join(root, `dist.retired-${process.pid}`);

try {
  const compiler = join(root, "node_modules", "typescript", "bin", "tsc");
  execFileSync(process.execPath, [compiler, "-p", "tsconfig.build.json", "--outDir", staged], {
    cwd: root,
    stdio: "inherit",
  });
  const entry = join(staged, "search/worker/entry.js");
  await build({
    input: entry,
    platform: "node",
    logLevel: "warn",
    output: { file: entry, format: "esm", codeSplitting: false },
  });
  rmSync(`${entry}.map`);
  if (existsSync(target)) renameSync(target, retired);
  renameSync(staged, target);
} catch (failure) {
  process.exitCode = 1;
  process.stderr.write(
    `build failed: ${failure instanceof Error ? failure.message : String(failure)}\n`,
  );
} finally {
  rmSync(staged, { recursive: true, force: true });
  rmSync(retired, { recursive: true, force: true });
}
