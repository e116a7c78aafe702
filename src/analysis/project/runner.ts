import { lstat, realpath } from "node:fs/promises";
import { join, sep } from "node:path";
import type { DependencyFolder, FormatterInfo, RunnerName } from "../../contract/project.ts";
import { toSentence } from "../../contract/to-sentence.ts";
import { readRegular, type SourceTree } from "../files/tree.ts";
import { isRecord, type PackageJson } from "./package-json.ts";

/** The runner that the project uses, as far as its files tell. */
export interface RunnerChoice {
  readonly runner: RunnerName;
  readonly isDetected: boolean;
  readonly binPath: string | null;
  readonly note: string | null;
}

type Installable = Exclude<RunnerName, "node">;

const CONFIG_FILES: Readonly<Record<Installable, RegExp>> = {
  vitest: /^(?:vitest|vitest\.workspace)\.(?:config\.)?[cm]?[jt]s$/,
  jest: /^jest\.config\.(?:[cm]?[jt]s|json)$/,
  mocha: /^\.mocharc\.(?:[cm]?js|json|jsonc|ya?ml)$/,
};
const COMMANDS: Readonly<Record<Installable, RegExp>> = {
  vitest: /(?:^|[\s;&|/])vitest(?:\s|$|[;&|])/,
  jest: /(?:^|[\s;&|/])(?:jest|react-scripts\s+test)(?:\s|$|[;&|])/,
  mocha: /(?:^|[\s;&|/])_?mocha(?:\s|$|[;&|])/,
};
const ORDER: readonly Installable[] = ["vitest", "jest", "mocha"];

/**
 * Picks the runner by evidence, strongest first: test scripts, configuration files, dependencies. A runner
 * that is named but not installed cannot be driven: the choice falls to the next, at last to `node`. One that was
 * `asked` for is taken, installed or not.
 */
export async function detectRunner(
  tree: SourceTree,
  packageJson: PackageJson | null,
  hiddenFiles: readonly string[],
  dependencyFolders: readonly DependencyFolder[],
  asked: RunnerName | null,
): Promise<RunnerChoice> {
  const named = rankRunners(tree, packageJson, hiddenFiles);
  const found = await chooseInstalled(named, dependencyFolders);
  if (asked === null || asked === found.runner) return found;
  const binPath = asked === "node" ? null : await findBin(dependencyFolders, asked, asked);
  return { ...found, runner: asked, binPath };
}

async function chooseInstalled(
  named: readonly RunnerName[],
  dependencyFolders: readonly DependencyFolder[],
): Promise<RunnerChoice> {
  const missing: string[] = [];
  for (const runner of named) {
    if (runner === "node") return { runner, isDetected: true, binPath: null, note: null };
    const binPath = await findBin(dependencyFolders, runner, runner);
    if (binPath !== null) return { runner, isDetected: true, binPath, note: null };
    missing.push(runner);
  }
  const note =
    missing.length === 0 ? null : toSentence("runner-missing", { runners: missing.join(" and ") });
  return { runner: "node", isDetected: false, binPath: null, note };
}

/** Runners with evidence for them, most likely first. */
function rankRunners(
  tree: SourceTree,
  packageJson: PackageJson | null,
  hiddenFiles: readonly string[],
): readonly RunnerName[] {
  const scripts = Object.entries(packageJson?.scripts ?? {})
    .filter(([name]) => /^(?:test|unit|coverage|ci)\b/.test(name))
    .sort(([a], [b]) => (a === "test" ? -1 : b === "test" ? 1 : 0))
    .map(([, text]) => text);
  const ranked: RunnerName[] = [];
  for (const script of scripts) {
    for (const runner of ORDER) if (COMMANDS[runner].test(script)) ranked.push(runner);
    if (/\bnode\b[^;&|]*\s--test\b/.test(script)) ranked.push("node");
  }
  for (const runner of ORDER) {
    const hasFile = [...tree.files, ...hiddenFiles].some((path) => CONFIG_FILES[runner].test(path));
    if (hasFile || packageJson?.keys.has(runner) === true) ranked.push(runner);
  }
  for (const runner of ORDER) {
    if (packageJson?.dependencyNames.has(runner) === true) ranked.push(runner);
  }
  return [...new Set(ranked)];
}

/**
 * The absolute real path of an installed package's executable script, looked up like Node does. It is
 * only named here, to be started inside a sandbox; a link that leaves the dependency folders is refused.
 */
export async function findBin(
  dependencyFolders: readonly DependencyFolder[],
  packageName: string,
  binName: string,
): Promise<string | null> {
  for (const folder of dependencyFolders) {
    const base = join(folder.hostPath, packageName);
    const manifest = await realpath(join(base, "package.json")).catch(() => null);
    if (manifest === null) continue;
    const outcome = await readRegular(manifest, 1_000_000);
    const relative = outcome.kind === "text" ? binOf(outcome.text, binName) : null;
    if (relative === null) continue;
    const script = await realpath(join(base, relative)).catch(() => null);
    if (script === null || !(await lstat(script)).isFile()) continue;
    if (dependencyFolders.some(({ hostPath }) => script.startsWith(hostPath + sep))) return script;
  }
  return null;
}

function binOf(text: string, binName: string): string | null {
  try {
    const parsed: unknown = JSON.parse(text);
    if (!isRecord(parsed)) return null;
    const bin = parsed["bin"];
    if (typeof bin === "string") return bin;
    const named = isRecord(bin) ? bin[binName] : null;
    return typeof named === "string" ? named : null;
  } catch {
    return null;
  }
}

/** The formatter that is installed and that the project asks for by dependency or configuration. */
export async function detectFormatter(
  packageJson: PackageJson | null,
  rootNames: readonly string[],
  dependencyFolders: readonly DependencyFolder[],
): Promise<FormatterInfo | null> {
  const dependsOn = (name: string): boolean => packageJson?.dependencyNames.has(name) === true;
  const usesBiome =
    dependsOn("@biomejs/biome") || rootNames.some((name) => /^biome\.jsonc?$/.test(name));
  const usesPrettier =
    dependsOn("prettier") ||
    packageJson?.keys.has("prettier") === true ||
    rootNames.some((name) => /^\.prettierrc|^prettier\.config\./.test(name));
  if (usesPrettier) {
    const binPath = await findBin(dependencyFolders, "prettier", "prettier");
    if (binPath !== null) return { name: "prettier", binPath };
  }
  if (usesBiome) {
    const binPath = await findBin(dependencyFolders, "@biomejs/biome", "biome");
    if (binPath !== null) return { name: "biome", binPath };
  }
  return null;
}
