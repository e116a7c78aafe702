import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { guardSandboxes } from "../../adapters/calls/guard-sandboxes.ts";
import { createSourceInstrumenter } from "../../adapters/instrument/source-instrumenter.ts";
import { sweepOwnedFolders } from "../../adapters/owned-folder.ts";
import { createRunnerAdapter } from "../../adapters/runner/create-runner-adapter.ts";
import { createSandboxPool, type PoolLimits } from "../../adapters/sandbox/sandbox-pool.ts";
import { selectSandbox } from "../../adapters/sandbox/select-sandbox.ts";
import { stageProject, type StagedProject } from "../../adapters/workspace/stage-project.ts";
import { buildApiModel } from "../../analysis/build-api-model.ts";
import type { ApiModel } from "../../contract/api-model.ts";
import type { SandboxLevel } from "../../contract/envelope.ts";
import type { MutantBuild } from "../../contract/mutant.ts";
import { toRunnerName, type AnyRunner, type ProjectInfo } from "../../contract/project.ts";
import { toSentence } from "../../contract/to-sentence.ts";
import type { PatchMutant } from "../../contract/patch-mutant.ts";
import { RunnerNeedsNamespace } from "../../execution/errors.ts";
import { requireInstalled } from "../../execution/require-installed.ts";
import { requireLevel } from "../../execution/require-level.ts";
import { createDeadline, type Clock, type Deadline } from "../../kernel/clock.ts";
import { DisposeStack } from "../../kernel/dispose.ts";
import { sha256 } from "../../kernel/hash.ts";
import { isBusy } from "../../kernel/machine-busy.ts";
import type {
  InstrumentedBuild,
  SourceInstrumenter,
  SourceText,
} from "../../ports/mutant-engine.ts";
import type { OutsideCalls } from "../../ports/outside-calls.ts";
import type { SandboxBackend, SandboxProbe } from "../../ports/sandbox.ts";
import type { Telemetry } from "../../ports/telemetry.ts";
import { observeSandboxes } from "../../telemetry/observe-sandboxes.ts";
import { layLanguageGround, type LanguageGround } from "../languages/language-ground.ts";
import { startSweeper } from "../sweeper.ts";
import type { PlannedLanguage } from "./plan.ts";

/** A sandbox and the private copy of the project; disposing removes the copy. */
export interface Stage extends AsyncDisposable {
  readonly sandbox: SandboxBackend;
  readonly probe: SandboxProbe;
  readonly staged: StagedProject;
}

/** What every later phase stands on. */
export interface Ground extends Stage {
  readonly sources: readonly SourceText[];
  /** Project-relative source file → SHA-256. */
  readonly sourceHashes: Readonly<Record<string, string>>;
  readonly api: ApiModel;
  readonly instrumenter: SourceInstrumenter;
  readonly coverageBuild: InstrumentedBuild;
  readonly mutantBuild: MutantBuild;
  /** What stands in for builds and parsers where the target is in another language; null for JavaScript. */
  readonly language: LanguageGround | null;
  /** Sentences on sources or types that could not be read or instrumented. */
  readonly degradations: readonly string[];
}

interface PrepareDeps {
  readonly clock: Clock;
  readonly calls: OutsideCalls;
  readonly telemetry: Telemetry;
}

interface PrepareInput {
  readonly project: ProjectInfo;
  readonly runner: AnyRunner;
  /** @defaultValue JavaScript */
  readonly language?: PlannedLanguage | null;
  /** Mutants of another language. @defaultValue those that the text operators find */
  readonly toPatches?: (sources: readonly SourceText[]) => readonly PatchMutant[];
  readonly sandbox: "auto" | SandboxLevel;
  /** Processes that search and gate want side by side. @defaultValue 2 */
  readonly workers?: number;
}

/**
 * Chooses the sandbox and copies the project. Runs none of it.
 * @throws SandboxUnavailable (RGS-7001), RunnerNeedsNamespace (RGS-7101), RunnerNotInstalled (RGS-7102), ProjectTooLarge (RGS-1012),
 * StagingFailed (RGS-7011), MachineBusy (RGS-7504)
 */
export async function openStage(deps: PrepareDeps, input: PrepareInput): Promise<Stage> {
  const { telemetry } = deps;
  const { language = null } = input;
  if (language !== null) requireStrong(language, input.sandbox);
  const bounds = toBounds(deps.clock);
  const call = deps.calls.to("sandbox");
  const { backend, probe } = await telemetry.span("sandbox.select", {}, () =>
    call.run(() => selectSandbox(deps, { requested: input.sandbox }), bounds),
  );
  if (language === null) {
    const runner = toRunnerName(input.runner);
    requireLevel(createRunnerAdapter(runner), backend.level);
    requireInstalled(input.project, runner);
  } else requireStrong(language, backend.level);
  const owned = new DisposeStack();
  try {
    owned.use(await startSweeper(deps.clock, [() => backend.sweep(), sweepOwnedFolders]));
    const staged = owned.use(
      await telemetry.span("prepare.stage", {}, () =>
        deps.calls
          .to("project files")
          .run((attempt) => stage(input.project.root, attempt.signal), bounds),
      ),
    );
    return {
      sandbox: createSandboxPool(
        deps,
        observeSandboxes(deps, guardSandboxes({ clock: deps.clock, call }, backend)),
        toPoolLimits(input.workers ?? 2),
      ),
      probe,
      staged,
      [Symbol.asyncDispose]: () => owned[Symbol.asyncDispose](),
    };
  } catch (failure) {
    await owned[Symbol.asyncDispose]();
    throw failure;
  }
}

/**
 * Opens a stage and compiles the instrumented builds. Reads and parses the project, runs none of it.
 * @throws what {@link openStage} does
 */
export async function prepareGround(deps: PrepareDeps, input: PrepareInput): Promise<Ground> {
  const { telemetry } = deps;
  const opened = await openStage(deps, input);
  try {
    const sources = await deps.calls
      .to("project files")
      .run(
        () => readSources(opened.staged.folder, input.project.sourceFiles),
        toBounds(deps.clock),
      );
    const sourceHashes = Object.fromEntries(
      sources.map(({ path, content }) => [path, sha256(content)]),
    );
    const instrumenter = rememberMutantBuild(createSourceInstrumenter());
    const { language = null, toPatches, project } = input;
    if (language !== null) {
      const { staged, sandbox: sandboxes } = opened;
      const { root } = project;
      const laid = await telemetry.span("prepare.language", {}, () =>
        layLanguageGround(deps, {
          ...{ language, sources, staged, sandboxes, root },
          ...{ goModule: language.goModule, patches: toPatches?.(sources) },
        }),
      );
      return {
        ...opened,
        ...{ sources, sourceHashes, instrumenter, language: laid, degradations: [] },
        ...{ api: NO_API, coverageBuild: NO_BUILD },
        mutantBuild: { overlay: {}, mutants: laid.mutants },
      };
    }
    // The type checker works in a process of its own, so the builds go on beside it.
    const [{ notes: unread, ...api }, coverageBuild, mutantBuild] = await Promise.all([
      telemetry.span("prepare.api-model", {}, () => buildApiModel(deps, input.project)),
      telemetry.span("prepare.coverage-build", {}, () => instrumenter.coverageBuild(sources)),
      telemetry.span("prepare.mutant-build", {}, () => instrumenter.mutantBuild(sources)),
    ]);
    return {
      ...opened,
      ...{ sources, sourceHashes, language: null },
      api,
      instrumenter,
      coverageBuild,
      mutantBuild,
      degradations: [...unread, ...describe([...coverageBuild.skipped, ...mutantBuild.skipped])],
    };
  } catch (failure) {
    await opened[Symbol.asyncDispose]();
    throw failure;
  }
}

function toBounds(clock: Clock): { readonly signal: AbortSignal; readonly deadline: Deadline } {
  return { signal: NEVER, deadline: createDeadline(clock, PREPARE_LIMIT_MS) };
}

/** Where nothing is instrumented. */
const NO_BUILD: InstrumentedBuild = { overlay: {}, skipped: [], coverage: {} };
const NO_API: ApiModel = { modules: [] };

/** The weaker level runs Node alone, so it runs no test of another language, whoever asks for it. */
function requireStrong({ name, runner }: PlannedLanguage, level: "auto" | SandboxLevel): void {
  if (level !== "guarded") return;
  const hint = `level guarded runs Node alone, and tests in ${name} need level \`namespace\`: leave --sandbox guarded out; \`regoose doctor\` says how to get bubblewrap to work here`;
  throw new RunnerNeedsNamespace(runner, level, hint);
}

/** Phases overlap for a moment, and a search holds one sandbox for each build. */
function toPoolLimits(workers: number): PoolLimits {
  return { sandboxes: workers * 2 + 4, processes: workers * 2 + 4 };
}

/** A run that is stopped meanwhile still says what it stands on, so this phase is not cut. */
const NEVER = new AbortController().signal;

/** Above what copying the largest project takes. */
const PREPARE_LIMIT_MS = 600_000;

async function stage(root: string, signal: AbortSignal): Promise<StagedProject> {
  const staged = await stageProject(root);
  if (signal.aborted) await staged[Symbol.asyncDispose]();
  return staged;
}

/**
 * Sources are read from the private copy, so that an edit meanwhile cannot split a run in two. One that
 * cannot be read is left out; where descriptors ran out, all are read again.
 */
async function readSources(
  folder: string,
  files: readonly string[],
): Promise<readonly SourceText[]> {
  const texts = await Promise.all(
    files.map(async (path) => {
      const content = await readFile(join(folder, path), "utf8").catch(toNothing);
      return content === null ? [] : [{ path, content }];
    }),
  );
  return texts.flat();
}

function toNothing(failure: unknown): null {
  if (isBusy(failure)) throw failure;
  return null;
}

function describe(
  skipped: readonly { readonly path: string; readonly reason: string }[],
): readonly string[] {
  const reasons = new Map(skipped.map(({ path, reason }) => [path, reason]));
  return [...reasons].map(([path, reason]) =>
    toSentence("file-plain", { file: path, why: reason }),
  );
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
