import { mkdir } from "node:fs/promises";

import type { SearchCandidate } from "../contract/candidate.ts";
import type { ProjectInfo } from "../contract/project.ts";
import { createDeadline, type Clock } from "../kernel/clock.ts";
import { shortHash, toCanonicalJson } from "../kernel/hash.ts";
import type { SourceInstrumenter, SourceText } from "../ports/mutant-engine.ts";
import type { ProposeInput, ProposeResult, Proposer, SearchProgress } from "../ports/proposer.ts";
import type { SandboxBackend } from "../ports/sandbox.ts";
import { NO_TELEMETRY, type Telemetry } from "../ports/telemetry.ts";
import { createArchive, type Archive } from "./archive.ts";
import { toProgramKey, type Campaign } from "./campaign.ts";
import { createCrew } from "./crew.ts";
import { createHangSuspects } from "./findings/judge-hang.ts";
import { listTwice } from "./findings/judge-leak.ts";
import { openJobTape, type JobTape } from "./job-tape.ts";
import { createObstacles } from "./obstacles.ts";
import { searchForCoverage } from "./phase-coverage.ts";
import { findSuspects } from "./phase-findings.ts";
import { searchForKills } from "./phase-mutation.ts";
import { recordPrograms, type Differing, type Recorded } from "./phase-record.ts";
import { selectPrograms, type Choice } from "./phase-select.ts";
import { planSearch } from "./plan.ts";
import { NO_ANSWERS, openAnswers, type Answers } from "./saved/answers.ts";
import { createEvaluated } from "./saved/evaluated.ts";
import { createRunningFinds } from "./saved/running-finds.ts";
import { createStateSaver, readSavedState, type SavedState } from "./saved/saved-state.ts";
import { createWorkspace, type Workspace } from "./workspace.ts";

/** What the search leans on. */
export interface SearchProposerDeps {
  readonly sandboxes: Pick<SandboxBackend, "create">;
  readonly instrumenter: SourceInstrumenter;
  /** Contents of the project's `sourceFiles`. */
  readonly readSources: (project: ProjectInfo) => Promise<readonly SourceText[]>;
  readonly clock: Clock;
  /** @defaultValue none */
  readonly telemetry?: Telemetry;
}

/** Settings that do not change from run to run. */
export interface SearchProposerOptions {
  /** Folders that make up the project copy, in order; default: the project's root. */
  readonly layers?: (project: ProjectInfo) => readonly string[];
}

/**
 * The proposer that needs no model: it executes the target, guided by types, coverage and mutants.
 * All target code runs in processes of the sandbox; everything they say is validated.
 */
export function createSearchProposer(
  deps: SearchProposerDeps,
  options: SearchProposerOptions = {},
): Proposer<SearchCandidate> {
  return {
    async propose(input, { signal, onProgress }) {
      signal.throwIfAborted();
      const started = deps.clock.monotonic();
      const sources = await deps.readSources(input.project);
      const key = toStateKey(input, sources);
      const files = sources.map(({ path }) => path).sort();
      const archive = createArchive(files);
      await mkdir(input.saveFolder, { recursive: true });
      const isTimed = input.budget.kind === "time";
      const saved = isTimed ? await readSavedState(input.saveFolder, key) : null;
      const tape = isTimed ? undefined : await openJobTape(input.saveFolder, key);
      const answers = isTimed ? await openAnswers(input.saveFolder, key) : NO_ANSWERS;
      await using workspace = createWorkspace({
        sandboxes: deps.sandboxes,
        project: input.project,
        layers: options.layers?.(input.project) ?? [input.project.root],
        folder: input.saveFolder,
      });
      const campaign = createCampaign(deps, {
        ...{ input, sources, files, archive, workspace, tape, saved, answers, signal, onProgress },
        onHeard: () => {
          saver.touch();
        },
      });
      await using saver = createStateSaver({
        folder: input.saveFolder,
        clock: deps.clock,
        read: () => ({
          key,
          usedMs: (saved?.usedMs ?? 0) + deps.clock.monotonic() - started,
          ...toSaved(campaign),
        }),
      });
      const phase = <T>(name: string, work: () => Promise<T>): Promise<T> =>
        (deps.telemetry ?? NO_TELEMETRY).span(`search.${name}`, {}, work);
      const search = await phase("build", () => deps.instrumenter.searchBuild(sources));
      await workspace.setOverlay("counters", search.overlay);
      // Building mutants keeps this thread busy; the search processes do not wait for it.
      const mutants = buildMutants(deps, campaign, sources);
      mutants.catch(() => undefined);
      await phase("coverage", () => searchForCoverage(campaign));
      const build = await mutants;
      await phase("mutation", () => huntMutants(campaign, workspace, build));
      const choices = await phase("select", () => selectPrograms(campaign));
      campaign.report("recording");
      const result = await phase("record", () => conclude(campaign, choices));
      await answers.settle();
      return result;
    },
  };
}

/** Most programs recorded only to look for bugs in what they did. */
const MAX_EXTRAS = 300;

async function conclude(
  campaign: Campaign,
  choices: readonly Choice[],
): Promise<ProposeResult<SearchCandidate>> {
  const chosen = choices.map(({ program }) => program);
  const known = new Set(chosen.map(toProgramKey));
  const extras = campaign.archive.items
    .map(({ program }) => program)
    .filter((program) => !known.has(toProgramKey(program)))
    .slice(0, MAX_EXTRAS);
  const twice = listTwice(campaign.input.api, [...chosen, ...extras]);
  const differing: Differing[] = [];
  const recorded = await recordPrograms(campaign, [...chosen, ...extras, ...twice], {
    onDiffering: (one) => differing.push(one),
  });
  const outcome = await findSuspects(campaign, recorded, differing);
  const candidates = toCandidates(
    campaign,
    choices,
    recorded.filter((one) => one.index < choices.length && !outcome.isUnder(one)),
  );
  const { crew, archive, obstacles } = campaign;
  const ending = {
    archive,
    budget: campaign.input.budget,
    executions: crew.executions(),
    chosen: chosen.length + extras.length,
    recorded: recorded.length,
    differing: differing.length,
    degradations: crew.degradations,
    notes: crew.notes,
  };
  const isEmpty = candidates.length === 0 && outcome.findings.length === 0;
  return {
    candidates,
    findings: outcome.findings,
    executions: crew.executions(),
    reproducible: crew.isReproducible(),
    degradations: crew.degradations,
    notes: [...crew.notes, ...obstacles.listBarren(archive)],
    obstacles: isEmpty ? obstacles.explain(ending) : [],
    loadFailures: Object.fromEntries(crew.loadFailures),
  };
}

function toStateKey(input: ProposeInput, sources: readonly SourceText[]): string {
  return shortHash(JSON.stringify([input.seed, input.only, input.onlyFiles, sources]));
}

interface CampaignInput {
  readonly input: ProposeInput;
  readonly sources: readonly SourceText[];
  readonly files: readonly string[];
  readonly archive: Archive;
  readonly workspace: Workspace;
  readonly tape: JobTape | undefined;
  /** What an interrupted search left. */
  readonly saved: SavedState | null;
  readonly answers: Answers;
  readonly signal: AbortSignal;
  readonly onProgress: (progress: SearchProgress) => void;
  /** Told after each message of a search process. */
  readonly onHeard: () => void;
}

/** What a search that goes on from here needs to know. */
function toSaved(campaign: Campaign): Omit<SavedState, "key" | "usedMs"> {
  const { archive, running, evaluated, deferred, hangs, crew } = campaign;
  const killers = [...archive.killers.values()].map(({ program, kills }) => ({
    program,
    kills: [...kills],
  }));
  return {
    items: [...archive.items, ...running.items],
    kills: [...killers, ...running.kills],
    evaluated: evaluated.list(),
    deferred: [...new Set([...deferred, ...running.deferred])],
    suspects: hangs.list().map(({ program }) => program),
    crew: crew.memory(),
  };
}

function createCampaign(deps: SearchProposerDeps, start: CampaignInput): Campaign {
  const { input, archive, saved } = start;
  const { budget } = input;
  for (const item of saved?.items ?? []) archive.addItem(item);
  for (const { program, kills } of saved?.kills ?? []) archive.addKills(program, kills);
  // Phases keep to the plan; this one is for what refuses to end.
  const deadline = createDeadline(
    deps.clock,
    budget.kind === "time" ? budget.durationMs * 1.2 + 15_000 : MAX_WALL_MS,
  );
  const hangs = createHangSuspects(input.api);
  for (const program of saved?.suspects ?? []) hangs.add(program);
  const crew = createCrew(
    {
      workspace: start.workspace,
      clock: deps.clock,
      deadline,
      onEndless: hangs.add,
      tape: start.tape,
      memory: saved?.crew,
      onHeard: start.onHeard,
      telemetry: deps.telemetry,
    },
    { signal: start.signal },
  );
  const plan = planSearch(deps.clock, budget, {
    workers: input.workers,
    usedMs: saved?.usedMs ?? 0,
    balance: input.balance ?? "coverage",
  });
  const campaign: Campaign = {
    input,
    plan,
    crew,
    archive,
    running: createRunningFinds(),
    evaluated: createEvaluated(plan.islands, saved?.evaluated),
    answers: start.answers,
    hangs,
    obstacles: createObstacles(),
    files: start.files,
    fixtureModules: findFixtureModules(input, start.sources),
    deferred: saved?.deferred ?? [],
    mutants: [],
    inParallel: (tasks) => runPool(tasks, input.workers),
    report(phase, killed = archive.killed.size) {
      start.onProgress({
        phase,
        ...archive.count(),
        mutants: { killed, total: campaign.mutants.length },
        executions: crew.executions(),
      });
    },
  };
  return campaign;
}

/** Even a search by executions ends some day. */
const MAX_WALL_MS = 6 * 3_600_000;

const FILE_IMPORT = /["'](?:node:)?(?:fs|fs\/promises|graceful-fs|fs-extra)["']/u;

/** Modules whose own source asks for the file system. */
function findFixtureModules(
  input: ProposeInput,
  sources: readonly SourceText[],
): readonly string[] {
  const users = new Set(
    sources.filter(({ content }) => FILE_IMPORT.test(content)).map(({ path }) => path),
  );
  return input.api.modules.map(({ file }) => file).filter((file) => users.has(file));
}

/** Runs tasks `width` at a time, in order; results in the order of the tasks. */
async function runPool<T>(tasks: readonly (() => Promise<T>)[], width: number): Promise<T[]> {
  const results: T[] = [];
  let next = 0;
  const work = async (): Promise<void> => {
    for (let index = next; index < tasks.length; index = next) {
      next += 1;
      const task = tasks[index];
      if (task !== undefined) results[index] = await task();
    }
  };
  await Promise.all(Array.from({ length: Math.max(1, Math.min(width, tasks.length)) }, work));
  return results;
}

type MutantSet = Awaited<ReturnType<SourceInstrumenter["mutantBuild"]>>;

async function buildMutants(
  deps: SearchProposerDeps,
  campaign: Campaign,
  sources: readonly SourceText[],
): Promise<MutantSet> {
  // The first processes start before this thread is taken.
  await deps.clock.sleep(300);
  const { onlyFiles } = campaign.input;
  // The very list, where it is whole: who built it before may remember the build by it.
  return deps.instrumenter.mutantBuild(
    onlyFiles.length === 0 ? sources : sources.filter(({ path }) => onlyFiles.includes(path)),
  );
}

async function huntMutants(
  campaign: Campaign,
  workspace: Workspace,
  build: MutantSet,
): Promise<void> {
  if (campaign.archive.items.length === 0 || build.mutants.length === 0) return;
  campaign.mutants = build.mutants;
  await workspace.setOverlay("mutants", build.searchOverlay);
  await searchForKills(campaign, campaign.plan.limitOf("mutation"));
}

function toCandidates(
  campaign: Campaign,
  choices: readonly Choice[],
  recorded: readonly Recorded[],
): SearchCandidate[] {
  const ids = new Map(campaign.mutants.map(({ switchId, id }) => [switchId, id]));
  const candidates = recorded.flatMap(({ index, program, recording }): SearchCandidate[] => {
    const choice = choices[index];
    if (choice === undefined) return [];
    return [
      {
        id: shortHash(toCanonicalJson([program, recording])),
        origin: "search",
        program,
        recording,
        claims: {
          counters: choice.counters.flatMap(
            (counter) => campaign.archive.toCounterId(counter) ?? [],
          ),
          kills: choice.kills.flatMap((switchId) => ids.get(switchId) ?? []),
        },
      },
    ];
  });
  return dropTwins(candidates);
}

function dropTwins(candidates: readonly SearchCandidate[]): SearchCandidate[] {
  const seen = new Set<string>();
  return candidates.filter(({ id }) => !seen.has(id) && seen.add(id));
}
