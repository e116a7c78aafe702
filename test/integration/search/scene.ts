import { mkdir, mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";

import { createSourceInstrumenter } from "../../../src/adapters/instrument/source-instrumenter.ts";
import type { ModuleModel } from "../../../src/contract/api-model.ts";
import type { ProjectInfo } from "../../../src/contract/project.ts";
import { createSystemClock } from "../../../src/kernel/clock.ts";
import type { SearchCandidate } from "../../../src/contract/candidate.ts";
import type { ProposeInput, ProposeResult } from "../../../src/ports/proposer.ts";
import { createSearchProposer } from "../../../src/search/search-proposer.ts";
import { createNodeSandboxes } from "./node-sandbox.ts";

/** A package written for a test: path → content. */
export interface Scene {
  readonly files: Readonly<Record<string, string>>;
  readonly input?: Partial<ProposeInput>;
}

/** Runs the real proposer on a small package, in plain child processes. */
export async function propose(scene: Scene): Promise<ProposeResult<SearchCandidate>> {
  const root = await mkdtemp(join(tmpdir(), "regoose-search-scene-"));
  await using sandboxes = createNodeSandboxes();
  try {
    for (const [path, content] of Object.entries(scene.files)) {
      await mkdir(dirname(join(root, "project", path)), { recursive: true });
      await writeFile(join(root, "project", path), content);
    }
    const sources = Object.entries(scene.files)
      .filter(([path]) => /\.[cm]?[jt]s$/u.test(path))
      .map(([path, content]) => ({ path, content }));
    const proposer = createSearchProposer({
      sandboxes,
      instrumenter: createSourceInstrumenter(),
      readSources: () => Promise.resolve(sources),
      clock: createSystemClock(),
    });
    const entries = sources.map(({ path }) => path);
    return await proposer.propose(
      {
        project: aProject(join(root, "project"), entries),
        api: { modules: entries.map(aModel) },
        only: [],
        onlyFiles: [],
        seed: 1,
        workers: 2,
        budget: { kind: "executions", count: 2_000 },
        saveFolder: join(root, "run"),
        ...scene.input,
      },
      { signal: new AbortController().signal, onProgress: () => undefined },
    );
  } finally {
    await rm(root, { recursive: true, force: true });
  }
}

function systemOf(path: string): "esm" | "commonjs" {
  return /\.(?:mjs|ts)$/u.test(path) ? "esm" : "commonjs";
}

function aModel(file: string): ModuleModel {
  return {
    file,
    system: systemOf(file),
    callables: [],
    seeds: [],
    pool: [],
    regexes: [],
    propertyNames: [],
  };
}

function aProject(root: string, entries: readonly string[]): ProjectInfo {
  return {
    root,
    name: "scene",
    version: null,
    system: "commonjs",
    isTypeScript: false,
    packageManager: "npm",
    runner: "node",
    isRunnerDetected: false,
    runnerBinPath: null,
    entryPoints: entries.map((file) => ({ specifier: ".", file, system: systemOf(file) })),
    sourceFiles: entries,
    testFiles: [],
    testsFolder: "test",
    testScript: null,
    dependencyFolders: [],
    formatter: null,
    tsconfigPath: null,
    repository: null,
  };
}
