import { createSearchProposer } from "../../search/search-proposer.ts";
import type { ProposeResult, SearchBudget } from "../../ports/proposer.ts";
import { toRunnerName } from "../../contract/project.ts";
import type { RunScope } from "./run-scope.ts";
import type { Ground } from "./prepare.ts";

/**
 * Share of the remaining time that the search gets; the gate needs the rest. Vitest and Jest take
 * seconds to start, and the gate starts them a dozen times.
 */
const SEARCH_SHARE = { node: 0.5, mocha: 0.5, vitest: 0.42, jest: 0.42 } as const;
/** What the gate needs to prove any suite at all on a busy machine, ms: the search of a short run gives way. */
const GATE_MS = { node: 13_000, mocha: 13_000, vitest: 20_000, jest: 20_000 } as const;
const LEAST_SEARCH_SHARE = 0.3;

/** What an engine without a search proposes before models are asked. */
export const NOTHING_PROPOSED: ProposeResult = {
  candidates: [],
  findings: [],
  executions: 0,
  reproducible: false,
  degradations: [],
  notes: [],
  obstacles: [],
  loadFailures: {},
};

/** Of the whole time, what models get, and the proof of what they add. */
const MODEL_SHARE = 0.5;

/** Time kept back for models, ms; 0 where none is asked. */
export function toModelMs({ engine, settings }: RunScope["plan"]): number {
  if (engine === "search" || settings.maxTimeMs === null) return 0;
  return engine === "model" ? settings.maxTimeMs : settings.maxTimeMs * MODEL_SHARE;
}

/** Lets the search engine suggest tests. */
export async function proposeCandidates(scope: RunScope, ground: Ground): Promise<ProposeResult> {
  const { plan, options } = scope;
  options.signal.throwIfAborted();
  if (plan.engine === "model") return { ...NOTHING_PROPOSED, notes: ground.language?.notes ?? [] };
  const proposer = createSearchProposer(
    {
      clock: scope.deps.clock,
      telemetry: scope.telemetry,
      sandboxes: ground.sandbox,
      instrumenter: ground.instrumenter,
      readSources: () => Promise.resolve(ground.sources),
    },
    { layers: () => [ground.staged.folder] },
  );
  return proposer.propose(
    {
      project: plan.project,
      api: ground.api,
      only: plan.onlyExports,
      onlyFiles: plan.onlyFiles,
      seed: plan.settings.seed,
      workers: plan.settings.workers,
      budget: toBudget(scope),
      balance: scope.flags.searchBalance,
      saveFolder: scope.folder,
    },
    {
      signal: options.signal,
      onProgress: ({ phase, statements, branches, mutants }) => {
        options.onProgress({
          phase: `searching (${phase})`,
          statements,
          branches,
          mutants,
          testsKept: null,
          timeLeftMs: plan.deadline.remainingMs(),
        });
      },
    },
  );
}

function toBudget({ plan, searchedMs }: RunScope): SearchBudget {
  const { maxExecutions } = plan.settings;
  if (maxExecutions !== null) return { kind: "executions", count: maxExecutions };
  // The search takes off itself what it has used of its budget before it was cut short.
  const leftMs = plan.deadline.remainingMs() - toModelMs(plan) + searchedMs;
  const runner = toRunnerName(plan.runner);
  const besideGateMs = Math.max(leftMs * LEAST_SEARCH_SHARE, leftMs - GATE_MS[runner]);
  return { kind: "time", durationMs: Math.min(leftMs * SEARCH_SHARE[runner], besideGateMs) };
}
