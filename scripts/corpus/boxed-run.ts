import { spawn } from "node:child_process";
import { cpSync, mkdirSync, readFileSync, realpathSync, rmSync, writeFileSync } from "node:fs";
import { stripTypeScriptTypes } from "node:module";
import { dirname, join } from "node:path";
import type { AnswerFile } from "../../test/corpus/answer-files.ts";
import type { CorpusModule } from "../../test/corpus/schema.ts";
import { RECORD_FILES } from "../../test/corpus/schema.ts";
import type { Conditions } from "./conditions.ts";

/**
 * - `asserted`: red on an assertion of its own.
 * - `threw`: red on anything else.
 * - `not-run`: the file ended without a result for the test, as when it does not load.
 */
export type Ending = "passed" | "asserted" | "threw" | "not-run" | "timed-out";

export interface BoxedResult {
  readonly ending: Ending;
  /** What the file did beyond testing, as `conditions-preload.ts` names it. */
  readonly deeds: readonly string[];
  /** Of the test alone. */
  readonly durationMs: number;
  /** End of the output, for messages. */
  readonly output: string;
}

export interface BoxedRun {
  /** What `writePreload` wrote. */
  readonly preload: string;
  /** Folder with a copy of the module. */
  readonly folder: string;
  /** Path of the test file in it. */
  readonly file: string;
  readonly title: string;
  readonly conditions: Conditions;
  /** Which mutant of the copy's source is switched on. */
  readonly mutantId?: string;
}

/** Far above what a run takes on a busy machine. */
const LIMIT_MS = 30_000;
/** Mutants make endless loops, and no rule asks whether a test notices those. */
const MUTANT_LIMIT_MS = 5_000;
const INSIDE = "/tmp/module";
const NODE = realpathSync(process.execPath);

/** Writes what is loaded before each candidate as plain JavaScript, so that no run has to compile it. */
export function writePreload(folder: string): string {
  const source = readFileSync(join(import.meta.dirname, "conditions-preload.ts"), "utf8");
  const path = join(folder, "conditions-preload.mjs");
  writeFileSync(path, stripTypeScriptTypes(source));
  return path;
}

/** Copies the package of a module, with another source and one test file, into `folder`. */
export function writeCopy(
  module: CorpusModule,
  source: string,
  file: AnswerFile | null,
  folder: string,
): void {
  rmSync(folder, { recursive: true, force: true });
  cpSync(module.folder, folder, { recursive: true });
  for (const record of RECORD_FILES) rmSync(join(folder, record));
  writeFileSync(join(folder, module.truth.entry), source);
  if (file === null) return;
  mkdirSync(dirname(join(folder, file.path)), { recursive: true });
  writeFileSync(join(folder, file.path), file.code);
}

/** Runs one test of a copy in a sandbox without network, home or writable disk. */
export async function runBoxed(run: BoxedRun): Promise<BoxedResult> {
  const child = spawn("bwrap", toArguments(run), {
    stdio: ["ignore", "pipe", "pipe"],
    env: {},
    timeout: run.mutantId === undefined ? LIMIT_MS : MUTANT_LIMIT_MS,
    killSignal: "SIGKILL",
  });
  let stdout = "";
  let stderr = "";
  child.stdout.setEncoding("utf8").on("data", (text: string) => (stdout += text));
  child.stderr.setEncoding("utf8").on("data", (text: string) => (stderr += text));
  await new Promise((resolve, reject) => child.once("close", resolve).once("error", reject));
  const result = toResult(stdout, run.title);
  return {
    ...result,
    ending: child.signalCode === "SIGKILL" ? "timed-out" : result.ending,
    deeds: [...stderr.matchAll(/^@deed (.*)$/gmu)].map(([, deed]) => deed ?? ""),
    output: `${stdout}\n${stderr}`.slice(-3000),
  };
}

function toArguments({ preload, folder, file, title, conditions, mutantId }: BoxedRun): string[] {
  const box = ["--ro-bind", "/", "/", "--dev", "/dev", "--proc", "/proc", "--tmpfs", "/tmp"];
  // What may itself stand below /tmp and is hidden by now.
  const shown = ["--ro-bind", NODE, NODE, "--ro-bind", preload, "/tmp/preload.mjs"];
  const copy = ["--ro-bind", folder, INSIDE, "--chdir", INSIDE];
  const bounds = ["--unshare-all", "--die-with-parent", "--new-session"];
  const variables = {
    PATH: "/usr/bin:/bin",
    HOME: "/tmp/home",
    TZ: conditions.timeZone,
    CORPUS_CONDITIONS: JSON.stringify(conditions),
    ...(mutantId === undefined ? {} : { __STRYKER_ACTIVE_MUTANT__: mutantId }),
  };
  const environment = Object.entries(variables).flatMap(([name, value]) => [
    "--setenv",
    name,
    value,
  ]);
  const pattern = `^${title.replace(/[\\^$.*+?()[\]{}|/]/gu, "\\$&")}$`;
  const node = [
    NODE,
    "--no-warnings",
    "--import=/tmp/preload.mjs",
    "--test-reporter=tap",
    ...(conditions.tests === "alone" ? [`--test-name-pattern=${pattern}`] : []),
    file,
  ];
  return [...box, ...shown, ...copy, ...bounds, ...environment, ...node];
}

/** Reads the test's line and the details below it off node:test's TAP. */
function toResult(tap: string, title: string): Pick<BoxedResult, "ending" | "durationMs"> {
  const lines = tap.split("\n");
  const at = lines.findIndex((line) => {
    const found = /^ *(?:not )?ok \d+ - (.*)$/u.exec(line);
    return found?.[1]?.replace(/ # .*$/u, "").replaceAll("\\#", "#") === title;
  });
  if (at === -1) return { ending: "not-run", durationMs: 0 };
  const end = lines.findIndex((line, index) => index > at && line.trim() === "...");
  const details = lines.slice(at, end === -1 ? undefined : end).join("\n");
  const durationMs = Number(/duration_ms: ([\d.]+)/u.exec(details)?.[1] ?? 0);
  if (!lines[at]!.trim().startsWith("not ")) return { ending: "passed", durationMs };
  return { ending: details.includes("code: 'ERR_ASSERTION'") ? "asserted" : "threw", durationMs };
}
