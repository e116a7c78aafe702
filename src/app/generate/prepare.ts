import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { createSourceInstrumenter } from "../../adapters/instrument/source-instrumenter.ts";
import { createRunnerAdapter } from "../../adapters/runner/create-runner-adapter.ts";
import { selectSandbox } from "../../adapters/sandbox/select-sandbox.ts";
import {
  stageProject,
  sweepStagedProjects,
  type StagedProject,
} from "../../adapters/workspace/stage-project.ts";
import { buildApiModel } from "../../analysis/build-api-model.ts";
import type { ApiModel } from "../../contract/api-model.ts";
import type { SandboxLevel } from "../../contract/envelope.ts";
import type { MutantBuild } from "../../contract/mutant.ts";
import type { ProjectInfo, RunnerName } from "../../contract/project.ts";
import { requireLevel } from "../../execution/require-level.ts";
import type { Clock } from "../../kernel/clock.ts";
import { DisposeStack } from "../../kernel/dispose.ts";
import { sha256 } from "../../kernel/hash.ts";
import type {
  InstrumentedBuild,
  SourceInstrumenter,
  SourceText,
} from "../../ports/mutant-engine.ts";
import type { SandboxBackend, SandboxProbe } from "../../ports/sandbox.ts";

/** What every later phase stands on; disposing removes the project copy. */
export interface Ground extends AsyncDisposable {
  readonly sandbox: SandboxBackend;
  readonly probe: SandboxProbe;
  readonly staged: StagedProject;
  readonly sources: readonly SourceText[];
  /** Project-relative source file → SHA-256. */
  readonly sourceHashes: Readonly<Record<string, string>>;
  readonly api: ApiModel;
  readonly instrumenter: SourceInstrumenter;
  readonly coverageBuild: InstrumentedBuild;
  readonly mutantBuild: MutantBuild;
  /** Sentences on sources or types that could not be read or instrumented. */
  readonly degradations: readonly string[];
}

/**
 * Chooses the sandbox, copies the project and compiles the instrumented builds. Reads and parses the
 * project, runs none of it.
 * @throws SandboxUnavailable (RGS-7001), RunnerNeedsNamespace (RGS-7101), ProjectTooLarge (RGS-1012),
 * StagingFailed (RGS-7011)
 */
export async function prepareGround(
  deps: { readonly clock: Clock },
  input: {
    readonly project: ProjectInfo;
    readonly runner: RunnerName;
    readonly sandbox: "auto" | SandboxLevel;
  },
): Promise<Ground> {
  const { backend, probe } = await selectSandbox(deps, { requested: input.sandbox });
  requireLevel(createRunnerAdapter(input.runner), backend.level);
  await Promise.all([backend.sweep(), sweepStagedProjects()]);
  const owned = new DisposeStack();
  try {
    const staged = owned.use(await stageProject(input.project.root));
    const sources = await readSources(staged.folder, input.project.sourceFiles);
    const instrumenter = rememberMutantBuild(createSourceInstrumenter());
    // The type checker works in a process of its own, so the builds go on beside it.
    const [{ notes: unread, ...api }, coverageBuild, mutantBuild] = await Promise.all([
      buildApiModel(deps, input.project),
      instrumenter.coverageBuild(sources),
      instrumenter.mutantBuild(sources),
    ]);
    return {
      sandbox: backend,
      probe,
      staged,
      sources,
      sourceHashes: Object.fromEntries(sources.map(({ path, content }) => [path, sha256(content)])),
      api,
      instrumenter,
      coverageBuild,
      mutantBuild,
      degradations: [...unread, ...describe([...coverageBuild.skipped, ...mutantBuild.skipped])],
      [Symbol.asyncDispose]: () => owned[Symbol.asyncDispose](),
    };
  } catch (failure) {
    await owned[Symbol.asyncDispose]();
    throw failure;
  }
}

/** Sources are read from the private copy, so that an edit meanwhile cannot split a run in two. */
async function readSources(
  folder: string,
  files: readonly string[],
): Promise<readonly SourceText[]> {
  const texts = await Promise.all(
    files.map(async (path) => {
      const content = await readFile(join(folder, path), "utf8").catch(() => null);
      return content === null ? [] : [{ path, content }];
    }),
  );
  return texts.flat();
}

function describe(
  skipped: readonly { readonly path: string; readonly reason: string }[],
): readonly string[] {
  const reasons = new Map(skipped.map(({ path, reason }) => [path, reason]));
  return [...reasons].map(([path, reason]) => `${path} is not instrumented: ${reason}`);
}

/** The search and the gate want the same schemata build, the slowest of the builds. */
function rememberMutantBuild(instrumenter: SourceInstrumenter): SourceInstrumenter {
  const built = new WeakMap<readonly SourceText[], ReturnType<SourceInstrumenter["mutantBuild"]>>();
  return {
    ...instrumenter,
    mutantBuild(files) {
      const known = built.get(files);
      if (known !== undefined) return known;
      const build = instrumenter.mutantBuild(files);
      built.set(files, build);
      return build;
    },
  };
}
