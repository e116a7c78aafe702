/** The package as a stranger gets it: packed, installed from the tarball into an empty folder, run by any Node. */
import { execFile } from "node:child_process";
import { mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { promisify } from "node:util";

const root = join(import.meta.dirname, "..");
const execute = promisify(execFile);

/** The oldest Node that `engines` names. */
export const OLDEST_NODE = "22.18.0";

/** Packs what stands in `dist`; answers the tarball. */
export async function packPackage(folder: string): Promise<string> {
  const { stdout } = await execute(
    "npm",
    ["pack", "--ignore-scripts", "--json", "--pack-destination", folder],
    { cwd: root, maxBuffer: 64 * 1024 * 1024 },
  );
  return join(folder, toFileName(stdout));
}

/** npm answers a list of packages up to version 11.18 and a record by name after it. */
function toFileName(json: string): string {
  const parsed = JSON.parse(json) as Record<string, { readonly filename: string }>;
  const first = Object.values(parsed)[0];
  if (first === undefined) throw new Error("npm pack named no file");
  return first.filename;
}

/** Installs the tarball into a new folder from the npm registry; answers the command's file. */
export async function installPackage(tarball: string, folder: string): Promise<string> {
  await install(folder, tarball);
  return join(folder, "node_modules", ".bin", "regoose");
}

/** Fetches one Node from the npm registry; answers its binary. */
export async function installNode(version: string, folder: string): Promise<string> {
  // The package of one platform holds the binary itself; the package `node` runs a script to find it.
  const name = `node-${process.platform}-${process.arch}`;
  await install(folder, `${name}@${version}`);
  return join(folder, "node_modules", name, "bin", "node");
}

async function install(folder: string, what: string): Promise<void> {
  mkdirSync(folder, { recursive: true });
  writeFileSync(join(folder, "package.json"), '{ "name": "stranger", "private": true }\n');
  const quietly = ["--no-audit", "--no-fund", "--ignore-scripts", "--loglevel", "error"];
  await execute("npm", ["install", "--prefer-offline", ...quietly, what], { cwd: folder });
}
