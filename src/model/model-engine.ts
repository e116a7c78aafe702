import type {
  AgentMessage,
  AgentReply,
  AgentState,
  Gap,
  Judgement,
  ProposedFile,
  Trouble,
} from "../contract/agents.ts";
import type { Finding, Rejection, WrittenCandidate } from "../contract/candidate.ts";
import { RegooseError, toMessage } from "../kernel/errors.ts";
import { shortHash } from "../kernel/hash.ts";
import type { ModelPort } from "../ports/model.ts";
import type { IsolateTest, ReadTests, TryCandidates } from "../ports/written-tests.ts";
import { createAgent, type Agent } from "./agents/agent.ts";
import { explore } from "./agents/explorer.ts";
import { judge } from "./agents/judge.ts";
import { stateBehaviour } from "./agents/oracle.ts";
import { repair } from "./agents/repair.ts";
import type { ModuleContext, ProjectContext } from "./context.ts";
import type { GapSource } from "./gaps.ts";
import { toFinding } from "./to-finding.ts";

export interface ModelEngineDeps {
  readonly model: ModelPort;
  readonly read: ReadTests;
  readonly tryCandidates: TryCandidates;
  readonly isolate: IsolateTest;
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
  /** Most promising first. */
  readonly gaps: readonly Gap[];
  /** Rounds of repair for one file; 0 for none. */
  readonly maxRepairs: number;
  /** Who asks, for the cards. */
  readonly modelName: string;
  /** True once no further question should begin. */
  readonly isOver: () => boolean;
}

/** What agents came to. */
export interface Exploration {
  /** Tests that the gate admitted beside the suite. */
  readonly candidates: readonly WrittenCandidate[];
  /** Those that it did not, once each. */
  readonly rejections: readonly Rejection[];
  readonly judgements: readonly (Judgement & { readonly title: string })[];
  readonly findings: readonly Finding[];
  readonly proposed: number;
  /** Why no more was asked. */
  readonly ended: "nothing-left" | "frontier-flat" | "time-over" | "budget" | "model-away";
  /** The error that ended it, in words; null where none did. */
  readonly problem: string | null;
  readonly agents: readonly AgentState[];
  /** Mutants and branches that were added, by question asked. */
  readonly gains: readonly number[];
}

/** So many questions in a row that added nothing: what is left is beyond this model. */
const FLAT_AFTER = 3;
/** What the gate says of files that do not build, load or fit the types. */
const REPAIRABLE = new Set(["build-failed", "type-error"]);

/** Agents at work on one suite, and what they have come to so far. */
export interface Team {
  readonly deps: ModelEngineDeps;
  readonly input: ExploreInput;
  readonly signal: AbortSignal;
  readonly agents: Readonly<Record<"explorer" | "oracle" | "repair" | "judge", Agent>>;
  readonly candidates: WrittenCandidate[];
  readonly rejections: Rejection[];
  readonly judgements: (Judgement & { readonly title: string })[];
  readonly findings: Finding[];
  /** Texts of tests that were judged. */
  readonly judged: Set<string>;
  proposed: number;
}

/**
 * Lets agents propose tests for what a suite lacks, and the gate decide on each. First the oracle says what each
 * module promises, then the explorer looks at one gap after the other. An error of a model ends the asking and
 * nothing else: what was admitted until then stays.
 */
export async function runAgents(
  deps: ModelEngineDeps,
  input: ExploreInput,
  { signal }: { readonly signal: AbortSignal },
): Promise<Exploration> {
  const team = openTeam(deps, input, signal);
  const gains: number[] = [];
  let problem: string | null = null;
  let ended: Exploration["ended"];
  try {
    ended = await askAll(team, gains);
  } catch (failure) {
    signal.throwIfAborted();
    if (!(failure instanceof RegooseError)) throw failure;
    ended = failure.code === "RGS-4016" ? "budget" : "model-away";
    problem = toMessage(failure);
  }
  const { candidates, rejections, judgements, findings, proposed } = team;
  return {
    ...{ candidates, rejections, judgements, findings, proposed, ended, problem, gains },
    agents: Object.values(team.agents).map((agent) => agent.state()),
  };
}

/** Agents that have done nothing yet. */
export function openTeam(deps: ModelEngineDeps, input: ExploreInput, signal: AbortSignal): Team {
  const make = (name: "explorer" | "oracle" | "repair" | "judge"): Agent =>
    createAgent(name, deps.model, deps.onState);
  return {
    ...{ deps, input, signal },
    agents: {
      explorer: make("explorer"),
      oracle: make("oracle"),
      repair: make("repair"),
      judge: make("judge"),
    },
    ...{ candidates: [], rejections: [], judgements: [], findings: [], proposed: 0 },
    judged: new Set(),
  };
}

async function askAll(team: Team, gains: number[]): Promise<Exploration["ended"]> {
  const { deps, input, signal, agents } = team;
  const { project } = input;
  for (const module of project.modules) {
    if (input.isOver()) return "time-over";
    deps.onStep?.(`asking what ${module.module} promises`);
    const files = await stateBehaviour(agents.oracle, project, module, signal);
    deps.onMessage?.(
      { to: "oracle", kind: "state-behaviour", module: module.module },
      toFilesReply(files),
    );
    gains.push(await takeFiles(team, module, files));
  }
  let flat = 0;
  for (const gap of input.gaps) {
    if (input.isOver()) return "time-over";
    if (flat >= FLAT_AFTER) return "frontier-flat";
    const module = toModuleFor(project, gap);
    const source = input.sources.find(({ path }) => path === gap.file)?.content;
    if (module === undefined || source === undefined) continue;
    deps.onStep?.(`asking for tests of ${gap.name ?? gap.file}`);
    const files = await explore(agents.explorer, project, module, { gap, source }, signal);
    deps.onMessage?.({ to: "explorer", kind: "explore-gap", gap }, toFilesReply(files));
    const gain = await takeFiles(team, module, files);
    gains.push(gain);
    flat = gain > 0 ? 0 : flat + 1;
  }
  return "nothing-left";
}

function toFilesReply(files: readonly ProposedFile[]): AgentReply {
  return files.length > 0
    ? { kind: "files", files }
    : { kind: "nothing", why: "the answer held no test file" };
}

/** The module itself where tests import it, else the first: it reaches the rest. */
function toModuleFor({ modules }: ProjectContext, gap: Gap): ModuleContext | undefined {
  return modules.find(({ module }) => module === gap.file) ?? modules[0];
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
      if (current === null) team.rejections.push(...tried.rejections);
    }
  }
  return gain;
}

interface Tried {
  readonly gain: number;
  readonly rejections: readonly Rejection[];
  readonly troubles: readonly Trouble[];
}

async function tryFile(team: Team, module: ModuleContext, file: ProposedFile): Promise<Tried> {
  const { deps, signal } = team;
  const candidates = toCandidates(team, module, file);
  const trial = await deps.tryCandidates(candidates, { signal });
  const admitted = new Set(trial.admitted);
  team.candidates.push(...candidates.filter(({ id }) => admitted.has(id)));
  const byId = new Map(candidates.map((candidate) => [candidate.id, candidate]));
  const failing = trial.rejections.filter(({ reason }) => reason === "failed");
  for (const rejection of failing) {
    const candidate = byId.get(rejection.candidateId);
    if (candidate !== undefined) await judgeOne(team, module, candidate, rejection);
  }
  return {
    gain: trial.added.mutants + trial.added.branches,
    rejections: trial.rejections,
    troubles: trial.rejections
      .filter(({ reason }) => REPAIRABLE.has(reason))
      .map(({ candidateId, reason, detail }) => ({
        fullTitle: byId.get(candidateId)?.fullTitle ?? "the file",
        reason,
        detail,
      })),
  };
}

/** One candidate a test; a file that cannot be read is one, so that its fate is counted. */
function toCandidates(
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
      : toFilesReply([outcome.file]),
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
