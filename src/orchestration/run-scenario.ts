import { z } from "zod";

import type { Clock, Deadline } from "../kernel/clock.ts";
import { RegooseError, toMessage } from "../kernel/errors.ts";
import type { ArtifactStore } from "../ports/run-log.ts";
import { NO_TELEMETRY, type Span, type Telemetry } from "../ports/telemetry.ts";
import type { ActionContext, PreviousFailure } from "./action.ts";
import { attemptAction, toRetryDelay, toSideEffect } from "./attempt.ts";
import { toStepResults, type Restored } from "./checkpoints.ts";
import { createStepDataInvalid } from "./errors.ts";
import type { RunWriter } from "./run-writer.ts";
import type { AnyStep, Scenario, StepResults } from "./scenario.ts";

export interface EngineDeps {
  readonly clock: Clock;
  readonly artifacts: ArtifactStore;
  /** For the jitter of retries only; in [0, 1). */
  readonly random: () => number;
  /** @defaultValue none */
  readonly telemetry?: Telemetry;
}

/** A moment of a step, for progress. */
export interface StepEvent {
  readonly step: string;
  readonly title: string;
  readonly kind: "started" | "restored" | "finished" | "retrying" | "failed";
}

export interface ScenarioRun {
  readonly writer: RunWriter;
  readonly restored: Restored;
  readonly deadline: Deadline;
  /** Time whose work is kept, in all processes, ms. */
  readonly usedMs: () => number;
  readonly signal: AbortSignal;
  /** Steps side by side. @defaultValue 4 */
  readonly concurrency?: number;
  readonly onStep?: (event: StepEvent) => void;
}

/** How the steps ended. Whatever the ending, `results` holds what there is. */
export interface ScenarioEnd {
  readonly results: StepResults;
  /** Step → ms of its last attempt, from this and earlier processes. */
  readonly timings: Readonly<Record<string, number>>;
  /** What Actions said that their results lack, in the order of the steps. */
  readonly degradations: readonly string[];
  readonly ending:
    | { readonly kind: "completed" }
    | { readonly kind: "cancelled" }
    | { readonly kind: "failed"; readonly step: string; readonly failure: unknown };
}

const DEFAULT_CONCURRENCY = 4;

/**
 * Executes the steps that have no checkpoint, each when those before it are done. A finished Action is a
 * checkpoint: its result is stored, then the log says so, then others may build on it. The first failure stops the
 * rest. Once `signal` is aborted only Actions with `finishes` are started.
 * @throws what the log or the artifact store throws: without them nothing that follows could be trusted
 */
export async function runScenario(
  deps: EngineDeps,
  scenario: Scenario,
  run: ScenarioRun,
): Promise<ScenarioEnd> {
  const results = new Map(run.restored.results);
  const { checkpoints } = run.restored.history;
  const timings: Record<string, number> = {};
  const degradations = new Map<string, readonly string[]>();
  for (const step of scenario.steps) {
    const checkpoint = checkpoints.get(step.id);
    if (checkpoint === undefined || !results.has(step.id)) continue;
    timings[step.id] = checkpoint.durationMs;
    degradations.set(step.id, checkpoint.degradations);
    tell(run, step, "restored");
  }
  const stop = new AbortController();
  const state: EngineState = {
    deps,
    run,
    results,
    timings,
    degradations,
    partial: new Set(),
    signal: AbortSignal.any([run.signal, stop.signal]),
    failed: null,
  };
  const running = new Map<string, Promise<void>>();
  const begun = new Set<string>();
  const limit = run.concurrency ?? DEFAULT_CONCURRENCY;
  const startReady = (): void => {
    for (const step of scenario.steps) {
      if (running.size >= limit) return;
      if (results.has(step.id) || begun.has(step.id) || !mayStart(state, step)) continue;
      begun.add(step.id);
      const work = executeStep(state, step).finally(() => running.delete(step.id));
      running.set(step.id, work);
    }
  };
  try {
    startReady();
    while (running.size > 0) {
      await Promise.race(running.values());
      if (state.failed !== null) stop.abort(new Error("another step has failed"));
      startReady();
    }
  } catch (failure) {
    stop.abort(failure);
    await Promise.allSettled(running.values());
    throw failure;
  }
  return {
    results: toStepResults(results),
    timings,
    degradations: scenario.steps.flatMap(({ id }) => degradations.get(id) ?? []),
    ending: toEnding(scenario, state),
  };
}

interface EngineState {
  readonly deps: EngineDeps;
  readonly run: ScenarioRun;
  readonly results: Map<string, unknown>;
  readonly timings: Record<string, number>;
  readonly degradations: Map<string, readonly string[]>;
  /** Steps of this process whose result is partial. */
  readonly partial: Set<string>;
  readonly signal: AbortSignal;
  failed: { readonly step: string; readonly failure: unknown } | null;
}

function mayStart(state: EngineState, step: AnyStep): boolean {
  if (state.failed !== null || !step.after.every((id) => state.results.has(id))) return false;
  return !state.run.signal.aborted || step.action.finishes === true;
}

function toEnding(scenario: Scenario, state: EngineState): ScenarioEnd["ending"] {
  const isDone = scenario.steps.every((step) => state.results.has(step.id));
  if (isDone && state.partial.size === 0) return { kind: "completed" };
  if (state.run.signal.aborted || state.failed === null) return { kind: "cancelled" };
  return { kind: "failed", ...state.failed };
}

/** Runs one step to its end, with its retries. Rejects only when log or store fail. */
async function executeStep(state: EngineState, step: AnyStep): Promise<void> {
  const { run } = state;
  const { name } = step.action;
  const telemetry = toTelemetry(state);
  const { history } = run.restored;
  let attempt = history.attempts.get(step.id) ?? 0;
  let previous = history.failures.get(step.id) ?? null;
  for (let tries = 1; ; tries += 1) {
    attempt += 1;
    tell(run, step, tries === 1 ? "started" : "retrying");
    if (tries > 1) telemetry.count("regoose_retries_total", { action: name });
    const place = { "regoose.action": name, "regoose.step": step.id, "regoose.attempt": attempt };
    const failed = await telemetry.span(`action ${name}`, place, (span) =>
      executeAttempt(state, step, { attempt, tries, previous, span }),
    );
    if (failed === null) return;
    previous = failed.described;
    if (failed.retryInMs === null || !(await waited(state, failed.retryInMs))) {
      tell(run, step, "failed");
      if (!run.signal.aborted) state.failed ??= { step: step.id, failure: failed.failure };
      return;
    }
  }
}

interface Attempt {
  /** From 1; counts attempts of earlier processes too. */
  readonly attempt: number;
  /** From 1, in this process. */
  readonly tries: number;
  readonly previous: PreviousFailure | null;
  readonly span: Span;
}

interface FailedAttempt {
  readonly failure: unknown;
  readonly described: PreviousFailure;
  /** Null when there is no further attempt. */
  readonly retryInMs: number | null;
}

/** One attempt with its records in the log; null when it went well. */
async function executeAttempt(
  state: EngineState,
  step: AnyStep,
  { attempt, tries, previous, span }: Attempt,
): Promise<FailedAttempt | null> {
  const { run, deps } = state;
  const begun = { step: step.id, action: step.action.name, attempt, usedMs: toMs(run.usedMs()) };
  // Fails where another process has taken the run over, so that nothing is done twice.
  await run.writer.append({ name: "action-start", data: begun });
  const startedMs = deps.clock.monotonic();
  let isPartial = step.after.some((id) => state.partial.has(id));
  const degradations: string[] = [];
  const outcome = await tryStep(state, step, {
    runId: run.writer.runId,
    step: step.id,
    attempt,
    previous,
    signal: state.signal,
    deadline: run.deadline,
    idempotencyKey: `${run.writer.runId}/${step.id}`,
    markPartial: () => void (isPartial = true),
    degrade: (sentence) => void degradations.push(sentence),
  });
  const durationMs = toMs(deps.clock.monotonic() - startedMs);
  const ended = { ...begun, durationMs, usedMs: toMs(run.usedMs()) };
  if ("result" in outcome) {
    await keepResult(state, step, outcome.result, { ...ended, isPartial, degradations });
    measure(state, step, durationMs, null);
    return null;
  }
  const { failure } = outcome;
  const retryInMs = state.signal.aborted
    ? null
    : toRetryDelay(step.action, tries, failure, deps.random);
  const described = describeFailure(failure, state.signal);
  const sideEffect = toSideEffect(step.action, failure);
  span.fail(failure);
  measure(state, step, durationMs, described);
  await run.writer.append(
    { name: "action-fail", data: { ...ended, ...described, sideEffect, retryInMs } },
    { isDurable: true },
  );
  return { failure, described: { attempt, ...described }, retryInMs };
}

function measure(
  state: EngineState,
  { id, action }: AnyStep,
  durationMs: number,
  failed: ReturnType<typeof describeFailure> | null,
): void {
  const telemetry = toTelemetry(state);
  const labels = { action: action.name, outcome: failed === null ? "succeeded" : "failed" };
  telemetry.count("regoose_actions_total", { ...labels, class: failed?.class ?? "none" });
  telemetry.observe("regoose_action_duration_seconds", labels, durationMs / 1000);
  const log = telemetry.logger("engine");
  if (failed === null) log.info("the Action has ended", { step: id, durationMs });
  else log.warn("the Action has failed", { step: id, durationMs, ...failed });
}

const toTelemetry = ({ deps }: EngineState): Telemetry => deps.telemetry ?? NO_TELEMETRY;

async function tryStep(
  state: EngineState,
  step: AnyStep,
  context: ActionContext,
): Promise<{ readonly result: unknown } | { readonly failure: unknown }> {
  try {
    const input = parseInput(step, step.toInput(toStepResults(state.results)));
    const result = await attemptAction(state.deps.clock, step.action, input, context);
    return { result: result ?? null };
  } catch (failure) {
    return { failure };
  }
}

interface KeptFacts {
  readonly isPartial: boolean;
  readonly degradations: readonly string[];
  readonly durationMs: number;
  readonly [fact: string]: unknown;
}

async function keepResult(
  state: EngineState,
  step: AnyStep,
  result: unknown,
  { degradations, ...facts }: KeptFacts,
): Promise<void> {
  const { run, deps } = state;
  const said = degradations.length === 0 ? {} : { degradations };
  const output = await deps.artifacts.put(run.writer.runId, JSON.stringify(result));
  const described = step.action.describe?.(result) ?? {};
  await run.writer.append(
    { name: "action-end", data: { ...facts, ...said, output, ...described } },
    { isDurable: true },
  );
  if (facts.isPartial) state.partial.add(step.id);
  state.timings[step.id] = facts.durationMs;
  state.degradations.set(step.id, degradations);
  state.results.set(step.id, result);
  tell(run, step, "finished");
}

async function waited(state: EngineState, durationMs: number): Promise<boolean> {
  if (durationMs > state.run.deadline.remainingMs()) return false;
  return state.deps.clock.sleep(durationMs, state.signal).then(
    () => true,
    () => false,
  );
}

function parseInput(step: AnyStep, input: unknown): unknown {
  const parsed = step.action.input.safeParse(input);
  if (parsed.success) return parsed.data;
  throw createStepDataInvalid(step.id, "input", z.prettifyError(parsed.error));
}

/** What breaks once a signal has come, and has no name of its own, broke because of it. */
function describeFailure(
  failure: unknown,
  signal: AbortSignal,
): { readonly code: string; readonly class: string; readonly message: string } {
  const isOurs = failure instanceof RegooseError;
  if (signal.aborted && !isOurs) {
    return { code: "RGS-1300", class: "cancelled", message: "the run was stopped" };
  }
  return {
    code: isOurs ? failure.code : "RGS-9001",
    class: isOurs ? failure.errorClass : "defect",
    message: toMessage(failure),
  };
}

function tell(run: ScenarioRun, step: AnyStep, kind: StepEvent["kind"]): void {
  run.onStep?.({ step: step.id, title: step.action.title, kind });
}

const toMs = (durationMs: number): number => Math.round(durationMs);
