/** Packs the package and checks what a stranger would install: publint, types, start-up without extras. */
import { execFileSync } from "node:child_process";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";

const root = join(import.meta.dirname, "..");
const scratch = mkdtempSync(join(tmpdir(), "regoose-pack-"));

try {
  const packed = execFileSync(
    "npm",
    ["pack", "--ignore-scripts", "--json", "--pack-destination", scratch],
    {
      cwd: root,
      encoding: "utf8",
    },
  );
  const tarball = join(scratch, toFileName(packed));
  execFileSync("publint", ["run", tarball, "--strict"], { cwd: root, stdio: "inherit" });
  execFileSync("attw", [tarball, "--profile", "esm-only"], { cwd: root, stdio: "inherit" });
} catch (failure) {
  process.exitCode = 1;
  process.stderr.write(
    `pack check failed: ${failure instanceof Error ? failure.message : String(failure)}\n`,
  );
} finally {
  rmSync(scratch, { recursive: true, force: true });
}

/** npm answers a list of packages up to version 11.18 and a record by name after it. */
function toFileName(json: string): string {
  const parsed = JSON.parse(json) as Record<string, { readonly filename: string }>;
  const first = Object.values(parsed)[0];
  if (first === undefined) throw new Error("npm pack named no file");
  return first.filename;
}
