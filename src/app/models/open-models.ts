import { join } from "node:path";
import { estimatePlanned } from "../../adapters/llm/money/estimate-cost.ts";
import type { ParameterSources } from "../../adapters/llm/parameters/merge-parameters.ts";
import { createBudget, type Budget, type Limits } from "../../adapters/llm/money/budget.ts";
import { createPriceTable, parseDollars } from "../../adapters/llm/money/prices.ts";
import { type Ledger, openLedger } from "../../adapters/llm/money/ledger.ts";
import {
  type AnswerStore,
  openAnswerCache,
  openAnswerStore,
} from "../../adapters/llm/router/answer-store.ts";
import { type Candidate, toPriced } from "../../adapters/llm/router/candidate.ts";
import { createModelRouter } from "../../adapters/llm/router/create-model-router.ts";
import { type Learned, openLearned } from "../../adapters/llm/router/learned.ts";
import { createDispatchers } from "../../adapters/llm/wire/dispatchers.ts";
import { createModelProcesses } from "../../adapters/llm/wire/gguf/model-processes.ts";
import { createNameLookup } from "../../adapters/network/name-lookup.ts";
import { readEnvironment } from "../../config/environment.ts";
import { loadConfig, type LoadedConfig } from "../../config/load-config.ts";
import type { NotedChange } from "../../contract/model/changes.ts";
import type { CostEstimate, PlannedCalls } from "../../contract/model/estimate.ts";
import type { ModelRole } from "../../contract/model/request.ts";
import { OTHER_LABEL } from "../../contract/metrics.ts";
import type { Clock } from "../../kernel/clock.ts";
import { shortHash } from "../../kernel/hash.ts";
import type { ModelPort } from "../../ports/model.ts";
import { NO_TELEMETRY, type Telemetry } from "../../ports/telemetry.ts";
import { observeBreaker, observeLanes, observeModels } from "../../telemetry/observe-models.ts";
import { detectRoot } from "../detect-root.ts";
import { CALL_LIMIT_MS } from "./bound-calls.ts";
import { type ModelFlags, toConfigInput, toPrices } from "./model-config.ts";
import { createChangeNotes } from "./note-changes.ts";
import { openCandidates, toSources } from "./open-candidates.ts";

export type { ModelFlags };

export interface OpenModelsRequest {
  readonly cwd: string;
  readonly flags: ModelFlags;
  /** Id of the run that asks, whose budget counts what it spent in earlier processes. @defaultValue none */
  readonly run?: string;
  /** Folder where answers of this run are kept, and taken from (`record`), or only taken from (`replay`). */
  readonly recording?: { readonly folder: string; readonly mode: "record" | "replay" };
  /** Answers of earlier runs to the same question count. @defaultValue true */
  readonly usesCache?: boolean;
}

/** Models as configured, ready to be asked. */
export interface OpenModels extends AsyncDisposable {
  readonly port: ModelPort;
  /** What became of parameters since it was last asked. */
  takeChanges(): readonly NotedChange[];
  /** All, each once: the usual ones in their order, then those of roles. */
  readonly candidates: readonly Candidate[];
  /** Whom a role asks, in order. */
  candidatesOf(role: ModelRole): readonly Candidate[];
  readonly budget: Budget;
  /** What is asked for beside what stands at the candidates. */
  readonly parameters: ParameterSources;
  /** What models refused before. */
  readonly learned: Learned;
  /** What planned calls would cost. @throws NoModel (RGS-4002) */
  estimate(planned: readonly PlannedCalls[]): CostEstimate;
  /** Sentences on providers that were left out and settings that do not count. */
  readonly notes: readonly string[];
}

export interface OpenModelsDeps {
  readonly clock: Clock;
  /** Of the run that asks: each request is a span of its trace. @defaultValue none */
  readonly telemetry?: Telemetry;
}

/**
 * Opens the configured models of a project. Asks nobody yet.
 * @throws NoModel (RGS-4002), ConfigInvalid (RGS-2001), SecretUnavailable (RGS-2005)
 */
export async function openModels(
  { clock, telemetry = NO_TELEMETRY }: OpenModelsDeps,
  request: OpenModelsRequest,
  { signal }: { readonly signal: AbortSignal },
): Promise<OpenModels> {
  const root = detectRoot(request.cwd);
  const environment = readEnvironment();
  const loaded = await loadConfig({
    root,
    environment,
    ...toConfigInput(request.flags, request.cwd),
  });
  const opened = await openCandidates(loaded, request.flags, environment, signal);
  const { all } = opened;
  const parameters = toSources(loaded, request.flags);
  const folder = join(environment.stateFolder, "regoose", "models");
  const names = createNameLookup({ clock });
  const dispatchers = createDispatchers(names.lookup);
  const processes = createModelProcesses({ clock });
  const ledger = openBook(clock, folder, root, request.run);
  const budget = createBudget(toBudgets(loaded.config, request.flags), ledger);
  const prices = createPriceTable(toPrices(loaded.prices));
  const learned = openLearned(folder);
  const observed = toObserved(telemetry, all);
  const router = createModelRouter(
    {
      ...{ clock, dispatchers, processes, prices, budget, learned },
      random: Math.random.bind(Math),
      onBreaker: (model, state, left) => {
        observeBreaker(observed, model, state, left);
      },
    },
    {
      ...{ candidates: opened.candidates, roleCandidates: opened.roleCandidates, parameters },
      deadlineMs: CALL_LIMIT_MS,
      ...toStores(request, folder),
    },
  );
  const noted = createChangeNotes(observeModels(observed, router));
  return {
    port: noted.port,
    takeChanges: () => noted.take(),
    ...{ candidates: all, budget, parameters, learned },
    candidatesOf: (role) => opened.candidatesOf(role),
    estimate: (planned) => estimatePlanned(prices, all.map(toPriced), planned),
    notes: [...opened.notes, ...loaded.notes, ...loaded.degradations],
    async [Symbol.asyncDispose]() {
      names[Symbol.dispose]();
      await processes[Symbol.asyncDispose]();
      await dispatchers[Symbol.asyncDispose]();
      await ledger[Symbol.asyncDispose]();
    },
  };
}

function openBook(clock: Clock, folder: string, root: string, run: string | undefined): Ledger {
  const today = (): string => new Date(clock.now()).toISOString().slice(0, 10);
  return openLedger(clock, folder, { repository: shortHash(root), run, today });
}

/** What is observed of models, which are told apart by the kinds of their providers. */
function toObserved(
  telemetry: Telemetry,
  candidates: readonly Candidate[],
): Parameters<typeof observeModels>[0] {
  const kinds = new Map(candidates.map(({ provider, endpoint }) => [provider, endpoint.kind]));
  const observed = { telemetry, kindOf: (provider: string) => kinds.get(provider) ?? OTHER_LABEL };
  observeLanes(
    observed,
    candidates.map(({ provider, moreKeys }) => ({ provider, keys: 1 + moreKeys.length })),
  );
  return observed;
}

interface Stores {
  readonly cache?: AnswerStore;
  readonly recording?: { readonly store: AnswerStore; readonly mode: "record" | "replay" };
}

function toStores({ recording, usesCache = true }: OpenModelsRequest, folder: string): Stores {
  return {
    ...(usesCache ? { cache: openAnswerCache(join(folder, "answers")) } : {}),
    ...(recording === undefined
      ? {}
      : { recording: { store: openAnswerStore(recording.folder), mode: recording.mode } }),
  };
}

function toBudgets(
  config: LoadedConfig["config"],
  { budgetUsd, budgetTokens, begunWith = {} }: ModelFlags,
): Parameters<typeof createBudget>[0] {
  const isTyped = budgetUsd !== undefined || budgetTokens !== undefined;
  const { budgetUsd: oldUsd, budgetTokens: oldTokens } = isTyped ? {} : begunWith;
  const toLimits = (usd: number | null, tokens: number | null): Limits => ({
    usd: usd === null ? null : parseDollars(usd.toFixed(6)),
    tokens,
  });
  return {
    run: toLimits(toLess(config.budgetUsd, oldUsd), toLess(config.budgetTokens, oldTokens)),
    day: toLimits(config.budgetUsdPerDay, config.budgetTokensPerDay),
    repository: toLimits(config.budgetUsdPerRepository, config.budgetTokensPerRepository),
  };
}

function toLess(configured: number | null, old: number | undefined): number | null {
  return old === undefined ? configured : Math.min(old, configured ?? Infinity);
}
