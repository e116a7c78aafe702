/**
 * Development aid: runs the search proposer on packages from npm inside the sandbox and prints what it
 * reached. Not a published figure: those come from written suites (`bench:testpilot`).
 *
 *     node bench/search/measure.ts FOLDER SECONDS [SEED]
 */
import { mkdtemp, readFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";

import { createSourceInstrumenter } from "../../src/adapters/instrument/source-instrumenter.ts";
import { createBubblewrapBackend } from "../../src/adapters/sandbox/bubblewrap/bubblewrap-backend.ts";
import { stageProject } from "../../src/adapters/workspace/stage-project.ts";
import { buildApiModel } from "../../src/analysis/build-api-model.ts";
import { detectProject } from "../../src/analysis/detect-project.ts";
import type { ProjectInfo } from "../../src/contract/project.ts";
import { createSystemClock } from "../../src/kernel/clock.ts";
import type { SearchBudget } from "../../src/ports/proposer.ts";
import { createSearchProposer } from "../../src/search/search-proposer.ts";

const [folder, seconds = "20", seed = "1"] = process.argv.slice(2);
if (folder === undefined) throw new Error("give a package folder");

const clock = createSystemClock();
const detected = await detectProject({ path: folder });
const project: ProjectInfo = { ...detected, testFiles: [] };
const api = await buildApiModel({ clock }, project);
await using staged = await stageProject(folder);
const proposer = createSearchProposer(
  {
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
  },
  { layers: () => [staged.folder] },
);
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
console.log(`${project.name}: ${last}`);
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
for (const { summary, score, kind } of result.findings.slice(0, 3)) {
  console.log(`finding ${kind} ${score.toFixed(2)} ${summary}`);
}
if (process.env["UNCOVERED"] !== undefined) {
  const sources = await Promise.all(
    project.sourceFiles.map(async (path) => ({
      path,
      content: await readFile(join(project.root, path), "utf8"),
    })),
  );
  const build = await createSourceInstrumenter().coverageBuild(sources);
  for (const [file, { data }] of Object.entries(build.coverage)) {
    const lines = sources.find(({ path }) => path === file)?.content.split("\n") ?? [];
    if (![...counters].some((id) => id.startsWith(`${file}#`))) continue;
    for (const [id, { start }] of Object.entries(data.statementMap)) {
      if (counters.has(`${file}#s${id}`)) continue;
      console.log(`${file}:${start.line} ${(lines[start.line - 1] ?? "").trim().slice(0, 100)}`);
    }
    for (const [id, { locations, loc }] of Object.entries(data.branchMap)) {
      for (const arm of locations.keys()) {
        if (counters.has(`${file}#b${id}.${arm}`)) continue;
        console.log(
          `${file}:${loc.start.line} branch ${arm}: ${(lines[loc.start.line - 1] ?? "").trim().slice(0, 100)}`,
        );
      }
    }
  }
}
