import { readdir } from "node:fs/promises";
import { join, relative } from "node:path";

import type { Envelope, GenerateData } from "../../src/contract/envelope.ts";
import { copyProject, toEnvironment } from "./install.ts";
import { runProcess } from "./run-process.ts";
import type { WrittenSuite } from "./suite-run.ts";

export interface GenerateRequest {
  /** The command's entry file. */
  readonly cli: string;
  /** The pristine project. */
  readonly project: string;
  /** Where its copy for this run goes. */
  readonly runFolder: string;
  readonly seed: number;
  readonly seconds: number;
}

export interface Generated {
  readonly suite: WrittenSuite;
  /** What the command printed; null when that was no envelope or no data. */
  readonly data: Partial<GenerateData> | null;
  readonly problem: string | null;
  readonly exitCode: number | null;
  readonly durationMs: number;
}

/** Runs the command on a fresh copy of the project, exactly as a user would. */
export async function generate(request: GenerateRequest): Promise<Generated> {
  await copyProject(request.project, request.runFolder);
  const outcome = await runProcess({
    command: process.execPath,
    args: [
      request.cli,
      "generate",
      ...["--cwd", request.runFolder, "--json", "--engine", "search", "--baseline", "none"],
      ...["--sandbox", "namespace", "--framework", "node", "--workers", "1"],
      ...["--seed", String(request.seed), "--max-time", `${String(request.seconds)}s`],
    ],
    cwd: request.runFolder,
    env: toEnvironment(),
    timeoutMs: request.seconds * 2000 + 120_000,
  });
  const envelope = parseEnvelope(outcome.stdout);
  const data = envelope?.data ?? null;
  const directory = data?.suite?.directory ?? null;
  const testFiles = directory === null ? [] : await listTests(request.runFolder, directory);
  return {
    suite: { project: request.runFolder, testFiles },
    data,
    problem: toProblem(envelope, outcome, testFiles),
    exitCode: outcome.code,
    durationMs: outcome.durationMs,
  };
}

/** Runs `regoose verify` on a fresh copy of the written suite; answers its exit code. */
export async function verify(
  cli: string,
  generated: Generated,
  folder: string,
): Promise<number | null> {
  await copyProject(generated.suite.project, folder);
  const directory = generated.data?.suite?.directory ?? ".";
  const outcome = await runProcess({
    command: process.execPath,
    args: [cli, "verify", directory, "--cwd", folder, "--sandbox", "namespace", "--json"],
    cwd: folder,
    env: toEnvironment(),
    timeoutMs: 600_000,
  });
  return outcome.code;
}

function parseEnvelope(stdout: string): Envelope<GenerateData> | null {
  try {
    const parsed = JSON.parse(stdout) as unknown;
    const isEnvelope = typeof parsed === "object" && parsed !== null && "ok" in parsed;
    return isEnvelope ? (parsed as Envelope<GenerateData>) : null;
  } catch {
    return null;
  }
}

function toProblem(
  envelope: Envelope<GenerateData> | null,
  outcome: { code: number | null; isTimedOut: boolean; stderr: string },
  testFiles: readonly string[],
): string | null {
  if (outcome.isTimedOut) return "the command did not end";
  if (envelope === null) {
    return `no JSON on stdout (exit ${String(outcome.code)}): ${outcome.stderr.slice(-300).trim()}`;
  }
  if (!envelope.ok) return `${envelope.error.code} ${envelope.error.message}`;
  return testFiles.length === 0 ? "no test file was written" : null;
}

async function listTests(project: string, directory: string): Promise<string[]> {
  const folder = join(project, directory);
  const entries = await readdir(folder, { recursive: true, withFileTypes: true }).catch(() => []);
  return entries
    .filter((entry) => entry.isFile() && /\.(?:test|spec)\.[cm]?[jt]s$/.test(entry.name))
    .map((entry) => relative(project, join(entry.parentPath, entry.name)))
    .sort();
}
