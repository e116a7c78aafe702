import { cp, mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { admitCandidates } from "../../src/app/generate/admit.ts";
import { isolateTest } from "../../src/app/generate/explore.ts";
import { openTrial, toHeld } from "../../src/app/generate/trial.ts";
import { readModelContext } from "../../src/app/generate/model-context.ts";
import { planRun } from "../../src/app/generate/plan.ts";
import { prepareGround } from "../../src/app/generate/prepare.ts";
import type { RunScope } from "../../src/app/generate/run-scope.ts";
import { openOutsideCalls } from "../../src/app/outside-calls.ts";
import { readTests } from "../../src/emission/written/read-tests.ts";
import { createSystemClock } from "../../src/kernel/clock.ts";
import { DisposeStack } from "../../src/kernel/dispose.ts";
import { openTeam, type Team } from "../../src/model/team.ts";
import type { ModelPort } from "../../src/ports/model.ts";
import { NO_TELEMETRY } from "../../src/ports/telemetry.ts";
import { type CorpusModule, RECORD_FILES } from "../../test/corpus/schema.ts";

/** Agents on a copy of a module, with the real gate in the real sandbox. */
export interface Scene extends AsyncDisposable {
  readonly team: Team;
}

/** `model` answers for repair and judge; what explorer and oracle wrote is on record. */
export async function openScene(
  module: CorpusModule,
  model: ModelPort,
  options: { readonly reruns: number },
): Promise<Scene> {
  const owned = new DisposeStack();
  try {
    const root = await mkdtemp(join(tmpdir(), "regoose-corpus-"));
    owned.defer(() => rm(root, { recursive: true, force: true }));
    const isRecord = (path: string): boolean =>
      RECORD_FILES.some((name) => path === join(module.folder, name));
    await cp(module.folder, root, { recursive: true, filter: (path) => !isRecord(path) });
    const clock = createSystemClock();
    const { signal } = new AbortController();
    const flags = { engine: "model", baseline: "none", maxExecutions: 1, workers: 2 } as const;
    const plan = await planRun(clock, { targets: ["."], code: null, cwd: root, flags });
    const calls = openOutsideCalls(clock);
    const ground = owned.use(
      await prepareGround(
        { clock, calls, telemetry: NO_TELEMETRY },
        { ...plan, sandbox: "namespace" },
      ),
    );
    const scope = {
      ...{ plan, calls, folder: root, runId: "corpus", searchedMs: 0, models: {} },
      deps: { clock, version: "0.0.0" },
      telemetry: NO_TELEMETRY,
      options: { signal, onProgress: ignore, onNotice: ignore },
      flags: { fewestTests: false, searchBalance: "coverage" },
    } as unknown as RunScope;
    const empty = await admitCandidates(scope, ground, { baseline: null, candidates: [] });
    const project = await readModelContext(plan, ground);
    const team = openTeam(
      {
        model,
        read: readTests,
        tryCandidates: openTrial(scope, ground, toHeld(null, empty), { laterMs: 0, ...options }),
        isolate: (candidate) => isolateTest(candidate, plan, ground),
      },
      {
        ...{ project, sources: ground.sources, gaps: [], maxRepairs: 3, modelName: "corpus" },
        isOver: () => false,
      },
      signal,
    );
    return { team, [Symbol.asyncDispose]: () => owned[Symbol.asyncDispose]() };
  } catch (failure) {
    await owned[Symbol.asyncDispose]();
    throw failure;
  }
}

function ignore(): void {
  // Nobody watches.
}
