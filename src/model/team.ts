import type {
  AgentMemory,
  AgentMessage,
  AgentName,
  AgentReply,
  AgentState,
  Gap,
  Judgement,
  ProposedFile,
  Trouble,
} from "../contract/agents.ts";
import type { Candidate, Finding, Rejection, WrittenCandidate } from "../contract/candidate.ts";
import { shortHash } from "../kernel/hash.ts";
import type { ModelPort } from "../ports/model.ts";
import type {
  FaultsTrial,
  IsolateTest,
  ReadTests,
  TryCandidates,
  TryFaults,
  TryInputs,
} from "../ports/written-tests.ts";
import { createAgent, type Agent } from "./agents/agent.ts";
import type { Ideas } from "./agents/explorer.ts";
import type { FileHistory } from "./agents/mutant.ts";
import { judge } from "./agents/judge.ts";
import { repair } from "./agents/repair.ts";
import type { ModuleContext, ProjectContext } from "./context.ts";
import type { GapSource } from "./gaps.ts";
import { toFinding } from "./to-finding.ts";

/** What the gate says of files that do not build, load or fit the types. */
const UNBUILT = new Set(["build-failed", "type-error"]);

/** An assertion that failed, and an error of the code under test, are for the judge; what the test itself threw is not. */
function isRepairable({ reason, isSetup }: Rejection): boolean {
  return UNBUILT.has(reason) || isSetup === true;
}

export interface ModelEngineDeps {
  readonly model: ModelPort;
  readonly read: ReadTests;
  readonly tryCandidates: TryCandidates;
  /** Left out where no search is there to execute them; inputs are then passed over. */
  readonly tryInputs?: TryInputs;
  /** Left out where nothing can try them; no fault is asked for then. */
  readonly tryFaults?: TryFaults;
  readonly isolate: IsolateTest;
  /** What an agent had done before a kill; null for nothing. @defaultValue nothing */
  readonly memoryOf?: (agent: AgentName) => AgentMemory | null;
  /** Hears of each new state of an agent, for whoever stores it. */
  readonly onState?: (state: AgentState) => void;
  /** Hears what agents were told and what they came to, in order. */
  readonly onMessage?: (message: AgentMessage, reply: AgentReply) => void;
  /** Hears what is done, for progress lines. */
  readonly onStep?: (step: string) => void;
}

export interface ExploreInput {
  readonly project: ProjectContext;
  readonly sources: readonly GapSource[];
  readonly gaps: readonly Gap[];
  /** How many mutants there are in all; what a share of them costs is estimated. @defaultValue 0 */
  readonly mutants?: number;
  /** What was mended before, file by file; the Mutant agent is asked about each. @defaultValue none */
  readonly histories?: readonly FileHistory[];
  /** Rounds of repair for one file; 0 for none. */
  readonly maxRepairs: number;
  /** Who asks, for the cards. */
  readonly modelName: string;
  /** True once no further question should begin. */
  readonly isOver: () => boolean;
}

/** Agents that write tests and judge them. */
type Member = Exclude<AgentName, "planner" | "editor">;

/** Agents at work on one suite, and what they have come to so far. */
export interface Team {
  readonly deps: ModelEngineDeps;
  readonly input: ExploreInput;
  readonly signal: AbortSignal;
  readonly agents: Readonly<Record<Member, Agent>>;
  readonly candidates: Candidate[];
  readonly rejections: Rejection[];
  readonly judgements: (Judgement & { readonly title: string })[];
  readonly findings: Finding[];
  /** Texts of tests that were judged. */
  readonly judged: Set<string>;
  proposed: number;
  readonly inputs: { executed: number; dropped: number };
  faults: FaultsTrial;
  /** Mutants that admitted tests have added. */
  kills: number;
}

/** Agents that have done nothing yet. */
export function openTeam(deps: ModelEngineDeps, input: ExploreInput, signal: AbortSignal): Team {
  const make = (name: Member): Agent => {
    const agent = createAgent(name, deps.model, deps.onState);
    const memory = deps.memoryOf?.(name) ?? null;
    if (memory !== null) agent.restore(memory);
    return agent;
  };
  return {
    ...{ deps, input, signal },
    agents: {
      explorer: make("explorer"),
      oracle: make("oracle"),
      repair: make("repair"),
      judge: make("judge"),
      mutant: make("mutant"),
    },
    ...{ candidates: [], rejections: [], judgements: [], findings: [], proposed: 0 },
    inputs: { executed: 0, dropped: 0 },
    faults: { patches: [], verdicts: [], dropped: 0 },
    kills: 0,
    judged: new Set(),
  };
}

export function toFilesReply({ files, inputs }: Ideas): AgentReply {
  return files.length > 0 || inputs.length > 0
    ? { kind: "files", files, inputs }
    : { kind: "nothing", why: "the answer held no test file and no inputs" };
}

/** Has the search execute inputs, and the gate decide. Answers what was gained. */
export async function takeInputs(
  team: Team,
  module: ModuleContext,
  inputs: readonly unknown[],
): Promise<number> {
  const { deps, input, signal } = team;
  if (inputs.length === 0 || deps.tryInputs === undefined || input.isOver()) return 0;
  deps.onStep?.(`executing inputs for ${module.module}`);
  const by = `model ${input.modelName}`;
  const trial = await deps.tryInputs({ module: module.module, inputs, by }, { signal });
  team.inputs.executed += trial.executed;
  team.inputs.dropped += trial.dropped.length;
  team.proposed += trial.proposed;
  team.candidates.push(...trial.admitted);
  team.rejections.push(...trial.rejections);
  team.findings.push(...trial.findings);
  team.kills += trial.added.mutants;
  return trial.added.mutants + trial.added.branches;
}

/** Whether nothing came that could be run: no file, or none that builds. */
export function isUnbuilt(
  rejections: readonly Rejection[],
  files: readonly ProposedFile[],
): boolean {
  if (files.length === 0) return true;
  return rejections.length > 0 && rejections.every(({ reason }) => UNBUILT.has(reason));
}

/** Tries files, has repaired what does not build, and has judged what fails. Answers what was gained. */
export async function takeFiles(
  team: Team,
  module: ModuleContext,
  files: readonly ProposedFile[],
): Promise<number> {
  let gain = 0;
  for (const file of files) {
    // A repaired test is the one that was proposed.
    team.proposed += toCandidates(team, module, file).length;
    let current: ProposedFile | null = file;
    for (let round = 0; current !== null; round += 1) {
      const tried = await tryFile(team, module, current);
      gain += tried.gain;
      current = round < team.input.maxRepairs ? await mend(team, module, current, tried) : null;
      if (current !== null) continue;
      team.rejections.push(...tried.rejections);
      // Nobody could repair them, so they failed.
      for (const [candidate, rejection] of tried.unmended)
        await judgeOne(team, module, candidate, rejection);
    }
  }
  return gain;
}

interface Tried {
  readonly gain: number;
  readonly rejections: readonly Rejection[];
  readonly troubles: readonly Trouble[];
  /** Tests that threw by themselves: to be judged where no repair replaces them. */
  readonly unmended: readonly (readonly [WrittenCandidate, Rejection])[];
}

async function tryFile(team: Team, module: ModuleContext, file: ProposedFile): Promise<Tried> {
  const { deps, signal } = team;
  const candidates = toCandidates(team, module, file);
  const trial = await deps.tryCandidates(candidates, { signal });
  const admitted = new Set(trial.admitted);
  team.kills += trial.added.mutants;
  team.candidates.push(...candidates.filter(({ id }) => admitted.has(id)));
  const byId = new Map(candidates.map((candidate) => [candidate.id, candidate]));
  const failing = trial.rejections.filter(({ reason }) => reason === "failed");
  const unmended: [WrittenCandidate, Rejection][] = [];
  for (const rejection of failing) {
    const candidate = byId.get(rejection.candidateId);
    if (candidate === undefined) continue;
    if (isRepairable(rejection)) unmended.push([candidate, rejection]);
    else await judgeOne(team, module, candidate, rejection);
  }
  return {
    gain: trial.added.mutants + trial.added.branches,
    rejections: trial.rejections,
    unmended,
    troubles: trial.rejections.filter(isRepairable).map(({ candidateId, reason, detail }) => ({
      fullTitle: byId.get(candidateId)?.fullTitle ?? "the file",
      reason,
      detail,
    })),
  };
}

/** One candidate a test; a file that cannot be read is one, so that its fate is counted. */
export function toCandidates(
  { deps, input }: Team,
  module: ModuleContext,
  { path, text }: ProposedFile,
): readonly WrittenCandidate[] {
  const found = deps.read(text, module.isTypeScript);
  const titles = found.kind === "read" ? [...new Set(found.titles)] : [""];
  return titles.map((fullTitle) => ({
    id: shortHash(`${text}\n${fullTitle}`),
    origin: "model",
    module: module.module,
    ...{ text, path, fullTitle },
    engine: `model ${input.modelName}`,
    claims: { counters: [], kills: [] },
  }));
}

/** The repaired file, or null where there is nothing to repair or the repair was refused. */
async function mend(
  team: Team,
  module: ModuleContext,
  file: ProposedFile,
  { troubles }: Tried,
): Promise<ProposedFile | null> {
  if (troubles.length === 0 || team.input.isOver()) return null;
  team.deps.onStep?.(`asking for a repair of ${file.path}`);
  const { read } = team.deps;
  const { signal } = team;
  const outcome = await repair(
    team.agents.repair,
    team.input.project,
    module,
    { file, troubles },
    { read, signal },
  );
  team.deps.onMessage?.(
    { to: "repair", kind: "repair-file", module: module.module, file, troubles },
    outcome.kind === "refused"
      ? { kind: "nothing", why: outcome.why }
      : toFilesReply({ files: [outcome.file], inputs: [] }),
  );
  if (outcome.kind === "refused" || outcome.file.text === file.text) return null;
  return outcome.file;
}

/** A second run in fresh processes decides first whether there is anything to judge. */
async function judgeOne(
  team: Team,
  module: ModuleContext,
  candidate: WrittenCandidate,
  rejection: Rejection,
): Promise<void> {
  const { deps, signal, input } = team;
  deps.onStep?.(`judging ${candidate.fullTitle}`);
  const again = await deps.tryCandidates([candidate], { signal });
  const title = candidate.fullTitle;
  const failsAgain = again.rejections.some(({ reason }) => reason === "failed");
  if (!failsAgain) {
    const reasoning = ["It failed in one run and not in another."];
    team.judgements.push({
      ...{ title, verdict: "flaky", quote: "", reasoning },
      votes: { agreed: 0, asked: 0 },
    });
    return;
  }
  const found = deps.read(candidate.text, module.isTypeScript);
  const source = (found.kind === "read" ? found.sources.get(title) : undefined) ?? candidate.text;
  // Its file may have been repaired for the sake of another test.
  if (team.judged.has(source)) return;
  team.judged.add(source);
  const test = { source, failure: rejection.detail };
  const judgement = await judge(team.agents.judge, input.project, module, test, signal);
  deps.onMessage?.(
    {
      ...{ to: "judge", kind: "judge-failure", module: module.module },
      ...{ test: source, failure: rejection.detail },
    },
    { kind: "judgement", judgement },
  );
  team.judgements.push({ title, ...judgement });
  if (judgement.verdict !== "bug") return;
  const text = await deps.isolate(candidate, { signal });
  team.findings.push(toFinding({ module, candidate, text, judgement, observed: rejection.detail }));
}
