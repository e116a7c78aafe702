/**
 * Development aid: runs the search proposer on packages from npm inside the sandbox and prints what it
 * reached. Not a published figure: those come from written suites (`bench:testpilot`).
 *
 *     node bench/search/measure.ts FOLDER SECONDS [SEED]
 */
import { readFileSync, readdirSync, statSync } from "node:fs";
import { mkdtemp, readFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join, relative } from "node:path";

import { createBubblewrapBackend } from "../../src/adapters/sandbox/bubblewrap/bubblewrap-backend.ts";
import { createSourceInstrumenter } from "../../src/adapters/instrument/source-instrumenter.ts";
import { createSystemClock } from "../../src/kernel/clock.ts";
import { createSearchProposer } from "../../src/search/search-proposer.ts";
import type { ApiModel } from "../../src/contract/api-model.ts";
import type { ProjectInfo } from "../../src/contract/project.ts";
import type { SearchBudget } from "../../src/ports/proposer.ts";

const [folder, seconds = "20", seed = "1"] = process.argv.slice(2);
if (folder === undefined) throw new Error("give a package folder");

const manifest = JSON.parse(readFileSync(join(folder, "package.json"), "utf8")) as {
  name: string;
  version: string;
  main?: string;
  type?: string;
};
const SKIP =
  /(?:^|\/)(?:node_modules|test|tests|__tests__|bench|benchmarks?|docs?|examples?|coverage)(?:\/|$)|\.min\.js$|\.test\.js$/u;

function listFiles(at: string): string[] {
  return readdirSync(at).flatMap((name) => {
    const path = join(at, name);
    if (SKIP.test(relative(folder ?? "", path))) return [];
    if (statSync(path).isDirectory()) return listFiles(path);
    return /\.[cm]?js$/u.test(name) ? [relative(folder ?? "", path)] : [];
  });
}

function findMain(): string {
  const main = (manifest.main ?? "index.js").replace(/^\.\//u, "");
  const candidates = [main, `${main}.js`, join(main, "index.js")];
  return (
    candidates.find((path) =>
      statSync(join(folder ?? "", path), { throwIfNoEntry: false })?.isFile(),
    ) ?? main
  );
}

const system = manifest.type === "module" ? "esm" : "commonjs";
const main = findMain();
/** Node 24's loader for a rough closure: only what main's folder holds. */
const project: ProjectInfo = {
  root: folder,
  name: manifest.name,
  version: manifest.version,
  system,
  isTypeScript: false,
  packageManager: "npm",
  runner: "node",
  isRunnerDetected: false,
  runnerBinPath: null,
  entryPoints: [{ specifier: ".", file: main, system }],
  sourceFiles: listFiles(folder),
  testFiles: [],
  testsFolder: "test",
  testScript: null,
  dependencyFolders:
    process.env["DEPS"] === undefined ? [] : [{ hostPath: process.env["DEPS"], levelsUp: 1 }],
  formatter: null,
  tsconfigPath: null,
};
const plain: ApiModel = {
  modules: [
    { file: main, system, callables: [], seeds: [], pool: [], regexes: [], propertyNames: [] },
  ],
};
const modelFile = process.env["MODEL"];
const api =
  modelFile === undefined ? plain : (JSON.parse(readFileSync(modelFile, "utf8")) as ApiModel);
const clock = createSystemClock();
const proposer = createSearchProposer({
  sandboxes: createBubblewrapBackend({ clock }),
  instrumenter: createSourceInstrumenter(),
  readSources: (info) =>
    Promise.all(
      info.sourceFiles.map(async (path) => ({
        path,
        content: await readFile(join(info.root, path), "utf8"),
      })),
    ),
  clock,
});
const started = clock.monotonic();
const budget: SearchBudget = seconds.endsWith("x")
  ? { kind: "executions", count: Number(seconds.slice(0, -1)) }
  : { kind: "time", durationMs: Number(seconds) * 1000 };
let last = "";
const result = await proposer.propose(
  {
    project,
    api,
    only: [],
    onlyFiles: [],
    seed: Number(seed),
    workers: 2,
    budget,
    saveFolder: await mkdtemp(join(tmpdir(), "regoose-bench-")),
  },
  {
    signal: new AbortController().signal,
    onProgress({ phase, statements, branches, mutants, executions }) {
      const text = `${phase} S ${statements.covered}/${statements.total} B ${branches.covered}/${branches.total} M ${mutants.killed}/${mutants.total} ${executions} executions`;
      if (text !== last && process.env["VERBOSE"] !== undefined) {
        console.error(`${((clock.monotonic() - started) / 1000).toFixed(1)} s ${text}`);
      }
      last = text;
    },
  },
);
console.log(`${manifest.name}: ${last}`);
const counters = new Set(result.candidates.flatMap(({ claims }) => claims.counters));
const kills = new Set(result.candidates.flatMap(({ claims }) => claims.kills));
console.log(
  `${result.candidates.length} candidates, claims ${[...counters].filter((id) => id.includes("#s")).length} S ` +
    `${[...counters].filter((id) => id.includes("#b")).length} B ${kills.size} kills, ` +
    `${result.executions} executions, ${((clock.monotonic() - started) / 1000).toFixed(1)} s, ` +
    `reproducible ${result.reproducible}, ${JSON.stringify(result.notes)} ${JSON.stringify(result.loadFailures)}`,
);
if (process.env["SHOW"] !== undefined) {
  for (const { program, recording } of result.candidates.slice(0, Number(process.env["SHOW"]))) {
    console.log(
      JSON.stringify(program.statements),
      "=>",
      JSON.stringify(recording.outcomes).slice(0, 300),
    );
  }
}
