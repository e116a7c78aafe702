import { cp, mkdtemp, readFile, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";

import { expect } from "vitest";

import type { Mutant } from "../../../../src/contract/mutant.ts";
import type { Sandbox, SandboxEnd } from "../../../../src/ports/sandbox.ts";
import type { Job, WorkerMessage } from "../../../../src/search/protocol.ts";
import { SEARCH_STATE_FILE, type SavedState } from "../../../../src/search/saved/saved-state.ts";
import { createSearchProposer } from "../../../../src/search/search-proposer.ts";
import { createFakeClock, type FakeClock } from "../../../../src/testing/index.ts";

/** A process of the search that says what the test makes it say. */
export interface FakeWorker {
  readonly job: Job;
  say(...messages: readonly WorkerMessage[]): void;
  /** Says that its job is done. */
  finish(): void;
}

/** A search on a fake clock with fake workers, in a folder of its own. */
export interface SearchBench extends AsyncDisposable {
  readonly clock: FakeClock;
  readonly folder: string;
  /** Waits for the n-th process (from 0) and its job; time passes meanwhile where the search sleeps. */
  worker(index: number): Promise<FakeWorker>;
  /** Lets time pass in small steps, while a worker beats. */
  pass(durationMs: number, worker: FakeWorker): Promise<void>;
  saved(): Promise<SavedState>;
  /** Waits, while no time passes, until what is on its way to the disk is there. */
  settle(isThere: (state: SavedState) => boolean): Promise<SavedState>;
  /** Copies what a `kill -9` would leave at this moment. */
  kill(): Promise<string>;
}

const MUTANTS = ["1", "2", "3", "4"].map((switchId): Mutant => ({
  ...{ id: `m${switchId}`, switchId, file: "index.js", mutator: "Test", replacement: "" },
  range: { start: { line: 1, column: 0 }, end: { line: 1, column: 1 } },
}));
const SOURCES = [{ path: "index.js", content: "exports.double = (n) => n * 2;" }];
const BEAT_MS = 400;

/** Begins a search of 60 s on one worker; `from`: the folder that a killed one left. */
export async function openSearch(from?: string): Promise<SearchBench> {
  const folder = await mkdtemp(join(tmpdir(), "regoose-search-bench-"));
  if (from !== undefined) await cp(from, folder, { recursive: true });
  const clock = createFakeClock();
  const workers: FakeWorker[] = [];
  const stop = new AbortController();
  const noBuild = { overlay: {}, skipped: [], coverage: {} };
  const proposer = createSearchProposer({
    clock,
    sandboxes: { create: () => Promise.resolve(aSandbox(workers)) },
    instrumenter: {
      coverageBuild: () => Promise.resolve(noBuild),
      searchBuild: () => Promise.resolve(noBuild),
      mutantBuild: () =>
        Promise.resolve({ overlay: {}, searchOverlay: {}, skipped: [], mutants: MUTANTS }),
    },
    readSources: () => Promise.resolve(SOURCES),
  });
  const ended = proposer
    .propose(
      {
        project: {
          ...{ root: folder, runner: "node", system: "commonjs", testsFolder: "test" },
          ...{ entryPoints: [], dependencyFolders: [], sourceFiles: ["index.js"] },
        } as never,
        api: { modules: [] },
        ...{ only: [], onlyFiles: [], seed: 1, workers: 1, saveFolder: folder },
        budget: { kind: "time", durationMs: 60_000 },
      },
      { signal: stop.signal, onProgress: () => undefined },
    )
    .catch(() => undefined)
    .finally(() => {
      isOver = true;
    });
  let isOver = false;
  const saved = async (): Promise<SavedState> =>
    JSON.parse(await readFile(join(folder, SEARCH_STATE_FILE), "utf8")) as SavedState;
  const tick = async (): Promise<void> => {
    await new Promise((resolve) => setTimeout(resolve, 5));
  };
  return {
    clock,
    folder,
    async worker(index) {
      for (;;) {
        const found = workers[index];
        if (found !== undefined) return found;
        if (isOver) throw new Error(`the search ended without process ${String(index)}`);
        await tick();
        clock.advance(10);
      }
    },
    async pass(durationMs, worker) {
      for (let left = durationMs; left > 0; left -= BEAT_MS) {
        clock.advance(Math.min(left, BEAT_MS));
        worker.say({ kind: "beat", executions: 1 });
        await tick();
      }
    },
    saved,
    async settle(isThere) {
      await expect.poll(async () => isThere(await saved()), { timeout: 20_000 }).toBe(true);
      return saved();
    },
    async kill() {
      const left = await mkdtemp(join(tmpdir(), "regoose-search-left-"));
      await cp(folder, left, { recursive: true });
      return left;
    },
    async [Symbol.asyncDispose]() {
      stop.abort();
      for (const worker of workers) worker.finish();
      await ended;
      await rm(folder, { recursive: true, force: true });
      if (from !== undefined) await rm(from, { recursive: true, force: true });
    },
  };
}

function aSandbox(workers: FakeWorker[]): Sandbox {
  const start = (): ReturnType<Sandbox["start"]> => {
    const lines: string[] = [];
    let wake = (): void => undefined;
    const life = new AbortController();
    const end = (): void => {
      life.abort();
      wake();
    };
    return Promise.resolve({
      send(line) {
        const say = (...messages: readonly WorkerMessage[]): void => {
          lines.push(...messages.map((message) => JSON.stringify(message)));
          wake();
        };
        workers.push({
          job: JSON.parse(line) as Job,
          say,
          finish: () => {
            say({ kind: "done", executions: 1, isSaturated: true, needsRestart: false });
          },
        });
        return Promise.resolve();
      },
      lines: (async function* () {
        for (;;) {
          const line = lines.shift();
          if (line !== undefined) yield line;
          else if (life.signal.aborted) return;
          else
            await new Promise<void>((resolve) => {
              wake = resolve;
            });
        }
      })(),
      ended: Promise.resolve({ end: KILLED, stderr: "" }),
      kill: end,
      [Symbol.asyncDispose]: () => {
        end();
        return Promise.resolve();
      },
    });
  };
  return {
    ...{ level: "namespace", backend: "fake", pathOf: () => "/work", start },
    run: () => Promise.reject(new Error("nothing is run")),
    [Symbol.asyncDispose]: () => Promise.resolve(),
  };
}

const KILLED: SandboxEnd = { kind: "signalled", signal: "SIGKILL" };
