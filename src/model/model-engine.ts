import type { AgentState, Gap, Judgement } from "../contract/agents.ts";
import type { Candidate, Finding, Rejection } from "../contract/candidate.ts";
import { RegooseError, toMessage } from "../kernel/errors.ts";
import { explore, proposeInputs, type GapInCode } from "./agents/explorer.ts";
import { stateBehaviour } from "./agents/oracle.ts";
import type { FaultsTrial } from "../ports/written-tests.ts";
import { createFrontier, type Frontier, type NextCost } from "./frontier.ts";
import { askForFaults } from "./ask-for-faults.ts";
import type { ModuleContext, ProjectContext } from "./context.ts";
import {
  isUnbuilt,
  openTeam,
  takeFiles,
  takeInputs,
  toFilesReply,
  type ExploreInput,
  type ModelEngineDeps,
  type Team,
} from "./team.ts";

/** What agents came to. */
export interface Exploration {
  /** Tests that the gate admitted beside the suite. */
  readonly candidates: readonly Candidate[];
  /** Those that it did not, once each. */
  readonly rejections: readonly Rejection[];
  readonly judgements: readonly (Judgement & { readonly title: string })[];
  readonly findings: readonly Finding[];
  readonly proposed: number;
  /** Inputs of models that the search executed, and those that were dropped unread. */
  readonly inputs: { readonly executed: number; readonly dropped: number };
  /** Mutants that a model proposed from the project's own fixes. */
  readonly faults: FaultsTrial;
  /** Why no more was asked. */
  readonly ended:
    "nothing-left" | "frontier-flat" | "time-over" | "budget" | "rate-limited" | "model-away";
  /** The error that ended it, in words; null where none did. */
  readonly problem: string | null;
  /** When models may be asked again, ms from its end; null where nobody says. */
  readonly retryAfterMs: number | null;
  readonly agents: readonly AgentState[];
  /** Mutants and branches that were added, by question asked. */
  readonly gains: readonly number[];
  /** What killing the next {@link NEXT_SHARE} of all mutants would cost. */
  readonly next: NextCost;
}

/** Share of all mutants whose price is told. */
export const NEXT_SHARE = 0.05;
/** So many questions in a row that added nothing: what is left is beyond this model. */
const FLAT_AFTER = 3;

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
  const asked = { frontier: createFrontier([], []) };
  let problem: string | null = null;
  let retryAfterMs: number | null = null;
  let ended: Exploration["ended"];
  try {
    ended = await askAll(team, gains, asked);
  } catch (failure) {
    signal.throwIfAborted();
    // A replay that lacks an answer has not replayed the run.
    if (!(failure instanceof RegooseError) || failure.code === "RGS-4019") throw failure;
    ended = toEnded(failure, input);
    problem = toMessage(failure);
    retryAfterMs = failure.retryAfterMs ?? null;
  }
  const { candidates, rejections, judgements, findings, proposed, inputs, faults } = team;
  return {
    ...{
      candidates,
      rejections,
      judgements,
      findings,
      proposed,
      inputs,
      faults,
      ended,
      problem,
      retryAfterMs,
      gains,
    },
    next: asked.frontier.priceOf(NEXT_SHARE * (input.mutants ?? 0)),
    agents: Object.values(team.agents).map((agent) => agent.state()),
  };
}

function toEnded({ code }: RegooseError, { isOver }: ExploreInput): Exploration["ended"] {
  if (code === "RGS-4016") return "budget";
  if (code === "RGS-4007") return "rate-limited";
  // The deadline of the asking is that of each call.
  return code === "RGS-4009" && isOver() ? "time-over" : "model-away";
}

/** `asked` gets the frontier once its gaps are known, so that an error in mid-asking leaves it to be read. */
async function askAll(
  team: Team,
  gains: number[],
  asked: { frontier: Frontier },
): Promise<Exploration["ended"]> {
  const { deps, input, signal, agents } = team;
  const { project } = input;
  const frontier = createFrontier(await askForFaults(team), input.sources);
  asked.frontier = frontier;
  for (const module of project.modules) {
    if (input.isOver()) return "time-over";
    deps.onStep?.(`asking what ${module.module} promises`);
    const files = await stateBehaviour(agents.oracle, project, module, signal);
    deps.onMessage?.(
      { to: "oracle", kind: "state-behaviour", module: module.module },
      toFilesReply({ files, inputs: [] }),
    );
    gains.push(await takeFiles(team, module, files));
  }
  let flat = 0;
  for (let gap = frontier.take(); gap !== null; gap = frontier.take()) {
    if (input.isOver() || flat >= FLAT_AFTER) {
      frontier.putBack(gap);
      return input.isOver() ? "time-over" : "frontier-flat";
    }
    const module = toModuleFor(project, gap);
    const source = input.sources.find(({ path }) => path === gap.file)?.content;
    if (module === undefined || source === undefined) continue;
    const before = { tokens: countSpent(team), kills: team.kills };
    const gain = await closeGap(team, module, { gap, source });
    frontier.note(gap, {
      tokens: countSpent(team) - before.tokens,
      kills: team.kills - before.kills,
    });
    gains.push(gain);
    flat = gain > 0 ? 0 : flat + 1;
  }
  return "nothing-left";
}

const countSpent = ({ agents }: Team): number =>
  Object.values(agents).reduce((sum, agent) => sum + agent.state().tokens, 0);

/**
 * Asks for tests or inputs that close a gap. Where no test came that builds, and no input, inputs alone are asked for:
 * a small model can name them. Answers what was gained.
 */
async function closeGap(team: Team, module: ModuleContext, target: GapInCode): Promise<number> {
  const { deps, input, signal, agents } = team;
  const { project } = input;
  const { gap } = target;
  deps.onStep?.(`asking for tests of ${gap.name ?? gap.file}`);
  const ideas = await explore(agents.explorer, project, module, target, signal);
  deps.onMessage?.({ to: "explorer", kind: "explore-gap", gap }, toFilesReply(ideas));
  const before = team.rejections.length;
  const gain =
    (await takeFiles(team, module, ideas.files)) + (await takeInputs(team, module, ideas.inputs));
  const isMute = isUnbuilt(team.rejections.slice(before), ideas.files) && ideas.inputs.length === 0;
  if (!isMute || deps.tryInputs === undefined || input.isOver()) return gain;
  deps.onStep?.(`asking for inputs of ${gap.name ?? gap.file}`);
  const inputs = await proposeInputs(agents.explorer, project, module, target, signal);
  deps.onMessage?.(
    { to: "explorer", kind: "propose-inputs", gap },
    toFilesReply({ files: [], inputs }),
  );
  return gain + (await takeInputs(team, module, inputs));
}

/** The module itself where tests import it, else the first: it reaches the rest. */
function toModuleFor({ modules }: ProjectContext, gap: Gap): ModuleContext | undefined {
  return modules.find(({ module }) => module === gap.file) ?? modules[0];
}
