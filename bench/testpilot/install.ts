import { cp, mkdir, readdir, readFile, rename, rm, writeFile } from "node:fs/promises";
import { join } from "node:path";

import type { BenchPackage } from "./packages.ts";
import { runProcess } from "./run-process.ts";

/** Folders and files in which packages ship their own tests. */
const TEST_FOLDERS = new Set(["test", "tests", "__tests__", "spec", "specs", "benchmark", "bench"]);
const TEST_FILE = /(^tests?|[.-](test|spec)s?)\.[cm]?[jt]sx?$/;

/**
 * Makes sure the package stands in `workFolder` as a project of its own: the tarball's files outside
 * any `node_modules`, its dependencies in the project's own, the tests that it ships removed. Install
 * scripts never run. Answers the folder; it is never written to again.
 */
export async function installPackage(pinned: BenchPackage, workFolder: string): Promise<string> {
  const name = `${pinned.name}@${pinned.version}`;
  const project = join(workFolder, "packages", name);
  if (await isThere(join(project, "package.json"))) return project;
  const download = join(workFolder, "downloads", name);
  await rm(download, { recursive: true, force: true });
  await mkdir(download, { recursive: true });
  await writeFile(join(download, "package.json"), JSON.stringify({ private: true }));
  await install(name, download);
  const staged = `${project}.tmp`;
  await rm(staged, { recursive: true, force: true });
  await mkdir(join(workFolder, "packages"), { recursive: true });
  await cp(join(download, "node_modules", pinned.name), staged, { recursive: true });
  await rm(join(download, "node_modules", pinned.name), { recursive: true, force: true });
  // Dependencies that npm had to nest win over those it could hoist.
  await cp(join(download, "node_modules"), join(staged, "node_modules"), {
    recursive: true,
    force: false,
    verbatimSymlinks: true,
  });
  await removeTests(staged);
  await checkVersion(staged, pinned);
  await rename(staged, project);
  await rm(download, { recursive: true, force: true });
  return project;
}

async function install(name: string, folder: string): Promise<void> {
  const args = ["install", "--ignore-scripts", "--no-audit", "--no-fund", "--no-save", name];
  const outcome = await runProcess({
    command: "npm",
    args,
    cwd: folder,
    env: toEnvironment(),
    timeoutMs: 300_000,
  });
  if (outcome.code !== 0)
    throw new Error(`npm install ${name} failed: ${outcome.stderr.slice(-500)}`);
}

async function removeTests(folder: string): Promise<void> {
  for (const entry of await readdir(folder, { withFileTypes: true })) {
    const path = join(folder, entry.name);
    if (entry.isDirectory()) {
      if (entry.name === "node_modules") continue;
      if (TEST_FOLDERS.has(entry.name)) await rm(path, { recursive: true });
      else await removeTests(path);
    } else if (TEST_FILE.test(entry.name)) {
      await rm(path);
    }
  }
}

async function checkVersion(project: string, pinned: BenchPackage): Promise<void> {
  const text = await readFile(join(project, "package.json"), "utf8");
  const { version } = JSON.parse(text) as { version?: unknown };
  if (version !== pinned.version) {
    throw new Error(`${pinned.name} is ${String(version)}, not the pinned ${pinned.version}`);
  }
}

/** A copy of a folder for one run. */
export async function copyProject(from: string, to: string): Promise<void> {
  await rm(to, { recursive: true, force: true });
  await mkdir(to, { recursive: true });
  await cp(from, to, { recursive: true, verbatimSymlinks: true });
}

/** What a trusted child (npm, the command itself) gets to see of the environment. */
export function toEnvironment(): Record<string, string> {
  const kept = [
    "PATH",
    "HOME",
    "LANG",
    "TMPDIR",
    "npm_config_registry",
    "npm_config_cache",
    "HTTPS_PROXY",
    "https_proxy",
    "NODE_EXTRA_CA_CERTS",
  ];
  const environment: Record<string, string> = { NO_COLOR: "1" };
  for (const name of kept) {
    // The bench is an edge like scripts/: it passes its own environment on to npm.
    const value = process.env[name];
    if (value !== undefined) environment[name] = value;
  }
  return environment;
}

async function isThere(path: string): Promise<boolean> {
  return readFile(path).then(
    () => true,
    () => false,
  );
}
