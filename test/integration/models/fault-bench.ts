import { onTestFinished } from "vitest";
import { z } from "zod";
import type { WireKind } from "../../../src/adapters/llm/kinds.ts";
import { createBudget, NO_BUDGETS } from "../../../src/adapters/llm/money/budget.ts";
import type { FaultName } from "../../../src/adapters/mock-llm/faults.ts";
import type { ScriptInput } from "../../../src/adapters/mock-llm/script.ts";
import type { MockRequest } from "../../../src/adapters/mock-llm/answer-request.ts";
import { type MockLlm, startMockLlm } from "../../../src/adapters/mock-llm/start-mock-llm.ts";
import type { ModelAnswer, ModelAttempt } from "../../../src/contract/model/answer.ts";
import type { ModelRequest } from "../../../src/contract/model/request.ts";
import type { PicoDollars } from "../../../src/contract/model/usage.ts";
import type { Clock } from "../../../src/kernel/clock.ts";
import { RegooseError } from "../../../src/kernel/errors.ts";
import type { ModelEvent } from "../../../src/ports/model.ts";
import { aCandidate, aRouter, HELLO, listen, signal } from "./router-bench.ts";
import { clock as systemClock } from "./wire-bench.ts";

export const TEXT = "one two three four five six seven eight nine ten";
/** What the second model says. */
export const OTHER_TEXT = "another one had it at hand";
/** What the provider counts for each answer; larger than the pieces of its text, as it is where a model thinks. */
const COUNTED = { input: 1_003, output: 77, reasoning: 31, cacheRead: 512, cacheWrite: 0 };

export const INPUT = { path: "src/some/long/path/of/a/file.ts", from: 1, to: 200 };
const TOOL = {
  name: "read_file",
  description: "reads",
  inputSchema: { type: "object", properties: { path: { type: "string" } } },
};
interface Verdict {
  readonly verdict: "bug" | "flaky";
}

const VERDICT: NonNullable<ModelRequest<Verdict>["answer"]> = {
  name: "verdict",
  schema: z.strictObject({ verdict: z.enum(["bug", "flaky"]) }),
};

/** What a rate limit asks to wait, s. */
export const RETRY_AFTER_S = 5;

/** What the caller wants of the model: each fault is met where it can do harm. */
export type Wish = "text" | "tool" | "object";

export function toWish(fault: FaultName): Wish {
  if (fault === "wrong-schema") return "object";
  return /tool/u.test(fault) ? "tool" : "text";
}

/** Limits of a request. No other wait of the router's is as long as one of them, so that the made clock knows them. */
export const MADE_LIMITS = {
  connectMs: 60_000,
  firstTokenMs: 31_007,
  gapMs: 21_011,
  totalMs: 181_019,
};
const LIMIT_WAITS: ReadonlySet<number> = new Set(Object.values(MADE_LIMITS));
const DEADLINE_MS = 600_000;

/**
 * Time that is made. Waits that the router decides on pass at once and are written down; its limits on silence are
 * reached when `reachLimits` says so, however slow the machine is.
 */
export interface MadeClock extends Clock {
  readonly waits: readonly number[];
  reachLimits(): void;
}

export function createMadeClock(): MadeClock {
  const waits: number[] = [];
  let elapsedMs = 0;
  let parked: (() => void)[] = [];
  let timers: { readonly dueMs: number; readonly wake: () => void }[] = [];
  const moveOn = (durationMs: number): void => {
    elapsedMs += durationMs;
    const due = timers.filter(({ dueMs }) => dueMs <= elapsedMs);
    timers = timers.filter(({ dueMs }) => dueMs > elapsedMs);
    for (const { wake } of due) wake();
  };
  return {
    waits,
    now: () => Date.UTC(2026, 10, 28) + elapsedMs,
    monotonic: () => elapsedMs,
    sleep: (durationMs, stop, { isBackground = false } = {}) =>
      new Promise((resolve, reject) => {
        stop?.throwIfAborted();
        stop?.addEventListener("abort", () => {
          reject(stop.reason as Error);
        });
        if (LIMIT_WAITS.has(durationMs)) {
          parked.push(resolve);
          return;
        }
        // Nobody waits for the end of a deadline, longer than any wait: it comes when time has moved on so far.
        if (isBackground && durationMs > DEADLINE_MS / 2) {
          timers.push({ dueMs: elapsedMs + durationMs, wake: resolve });
          return;
        }
        waits.push(durationMs);
        moveOn(durationMs);
        setImmediate(resolve);
      }),
    reachLimits() {
      moveOn(MADE_LIMITS.totalMs);
      const woken = parked;
      parked = [];
      for (const wake of woken) wake();
    },
  };
}

/** What became of a call whose first request met a fault. */
export interface Played {
  readonly answer: ModelAnswer<Verdict | undefined> | null;
  readonly failure: RegooseError | null;
  /** In the order in which they were sent, each with what its server has put down of it. */
  readonly attempts: readonly { readonly attempt: ModelAttempt; readonly request: MockRequest }[];
  /** Of the faulty server and of the other one. */
  readonly requests: readonly [number, number];
  /** Tokens, input and output, that the servers have said to both of them together. */
  readonly counted: number;
  /** Waits that the router decided on, ms. */
  readonly waits: readonly number[];
  /** The text as a listener has put it together. */
  readonly heard: string;
  readonly budget: { readonly cost: PicoDollars; readonly tokens: number };
}

/** Faults that only a limit on silence ends. */
const HANGS: ReadonlySet<FaultName> = new Set(["silence", "first-token-hang", "stream-hang"]);

/** Asks the router once. The first request meets the fault; `isAlone`: there is no other model to go to. */
export async function playFault(
  kind: WireKind,
  fault: FaultName,
  isAlone: boolean,
): Promise<Played> {
  const clock = createMadeClock();
  const wish = toWish(fault);
  const heard = listen();
  const state = { isHeld: false, hasText: false, isReached: false };
  const reachWhereItHangs = (): void => {
    const isDue =
      (HANGS.has(fault) && state.isHeld && (fault !== "stream-hang" || state.hasText)) ||
      (fault === "endless" && state.hasText);
    if (!isDue || state.isReached) return;
    state.isReached = true;
    clock.reachLimits();
  };
  const scripted = {
    ...{ fault, times: 1, after: 4, retryAfter: RETRY_AFTER_S },
    ...(fault === "slow" ? { holdMs: 1 } : {}),
  };
  // That frames came twice shows only beside a count of what is seen, without thoughts.
  const usage = fault === "duplicate-frames" ? {} : { usage: COUNTED };
  const script = { answers: [{ ...toAnswer(wish, TEXT), ...usage }], faults: [scripted] };
  const faulty = await aServer(clock, script, () => {
    state.isHeld = true;
    reachWhereItHangs();
  });
  const other = await aServer(clock, {
    answers: [{ ...toAnswer(wish, OTHER_TEXT), usage: COUNTED }],
  });
  const budget = createBudget(NO_BUDGETS, null);
  const candidates = [aCandidate(faulty, kind, { limits: MADE_LIMITS })];
  if (!isAlone) candidates.push(aCandidate(other, toOtherKind(kind), { limits: MADE_LIMITS }));
  const router = aRouter(candidates, { deps: { clock, budget }, deadlineMs: DEADLINE_MS });
  const attempts: ModelAttempt[] = [];
  const onEvent = (event: ModelEvent): void => {
    heard.onEvent(event);
    if (event.name === "attempt-end") attempts.push(event.attempt);
    if (event.name !== "text-delta") return;
    state.hasText = true;
    reachWhereItHangs();
  };

  const end = await settle(router.generate(toRequest(fault, wish), { signal, onEvent }));

  return {
    ...end,
    attempts: pairUp(attempts, kind, faulty.requests, other.requests),
    requests: [faulty.requests.length, other.requests.length],
    counted: [...faulty.requests, ...other.requests].reduce(
      (sum, { usage }) => sum + (usage?.input ?? 0) + (usage?.output ?? 0),
      0,
    ),
    waits: clock.waits,
    heard: heard.text(),
    budget: await budget.spent(),
  };
}

/** Longer than any pause of the mock server's that is none of its silences. */
const HOLD_MS = 60_000;

async function aServer(
  made: Clock,
  script: ScriptInput,
  onHold: () => void = () => undefined,
): Promise<MockLlm> {
  const clock: Clock = {
    ...systemClock,
    now: () => made.now(),
    sleep: (durationMs, stop) => {
      if (durationMs >= HOLD_MS) onHold();
      return systemClock.sleep(durationMs, stop);
    },
  };
  const server = await startMockLlm({ clock }, { script });
  onTestFinished(() => server[Symbol.asyncDispose]());
  return server;
}

function toOtherKind(kind: WireKind): WireKind {
  return kind === "anthropic" ? "openai" : "anthropic";
}

function toAnswer(wish: Wish, text: string): NonNullable<ScriptInput["answers"]>[number] {
  switch (wish) {
    case "text":
      return { text };
    case "tool":
      return { toolCalls: [{ name: TOOL.name, input: INPUT }] };
    case "object":
      return { json: { verdict: "bug" } };
  }
}

function toRequest(fault: FaultName, wish: Wish): ModelRequest<Verdict | undefined> {
  return {
    ...HELLO,
    ...(wish === "tool" ? { tools: [TOOL] } : {}),
    ...(wish === "object" ? { answer: VERDICT } : {}),
    ...(fault === "bad-parameter" ? { parameters: { temperature: 0 } } : {}),
  };
}

async function settle<T>(
  asked: Promise<T>,
): Promise<{ readonly answer: T | null; readonly failure: RegooseError | null }> {
  try {
    return { answer: await asked, failure: null };
  } catch (thrown) {
    if (thrown instanceof RegooseError) return { answer: null, failure: thrown };
    throw thrown;
  }
}

/** Which request each attempt was: a server answers in the order in which it is asked. */
function pairUp(
  attempts: readonly ModelAttempt[],
  kind: WireKind,
  faulty: readonly MockRequest[],
  other: readonly MockRequest[],
): Played["attempts"] {
  const left = { faulty: [...faulty], other: [...other] };
  return attempts.map((attempt) => {
    const request = (attempt.requested.provider === kind ? left.faulty : left.other).shift();
    if (request === undefined) throw new Error("an attempt that no server has seen");
    return { attempt, request };
  });
}
