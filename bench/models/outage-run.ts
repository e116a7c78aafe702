import { lookup } from "node:dns";
import { monitorEventLoopDelay } from "node:perf_hooks";
import { createBudget, NO_BUDGETS } from "../../src/adapters/llm/money/budget.ts";
import { createPriceTable } from "../../src/adapters/llm/money/prices.ts";
import { createCandidate, LIMITS } from "../../src/adapters/llm/router/candidate.ts";
import { createModelRouter } from "../../src/adapters/llm/router/create-model-router.ts";
import { openLearned } from "../../src/adapters/llm/router/learned.ts";
import { createDispatchers } from "../../src/adapters/llm/wire/dispatchers.ts";
import { createModelProcesses } from "../../src/adapters/llm/wire/gguf/model-processes.ts";
import type { Endpoint } from "../../src/adapters/llm/wire/wire.ts";
import { type MockLlm, startMockLlm } from "../../src/adapters/mock-llm/start-mock-llm.ts";
import { createSystemClock } from "../../src/kernel/clock.ts";
import { Secret } from "../../src/kernel/secret.ts";
import type { ModelPort } from "../../src/ports/model.ts";
import { observeBreaker, observeModels } from "../../src/telemetry/observe-models.ts";
import { openTelemetry } from "../../src/telemetry/open-telemetry.ts";

/** How a provider is away. */
export const OUTAGES = ["refused", "reset", "status-503", "hang"] as const;

export type Outage = (typeof OUTAGES)[number];

export interface OutagePlan {
  readonly beforeMs: number;
  readonly outageMs: number;
  /** How long the provider has been back when the run ends. */
  readonly afterMs: number;
  readonly everyMs: number;
  /** Limit on the first token of a provider that hangs. */
  readonly firstTokenMs: number;
}

/** One call of the run. */
export interface OutageCall {
  readonly phase: "before" | "during" | "after";
  /** Since the run began. */
  readonly atMs: number;
  readonly tookMs: number;
  /** From the request to the first model until the one to the second; null where there were not both. */
  readonly fallbackMs: number | null;
  /** Provider that answered; null where none did. */
  readonly by: string | null;
  readonly problem: string | null;
}

export interface OutageReport {
  readonly calls: readonly OutageCall[];
  /** From its return until the provider answered again; null where it never did. */
  readonly recoveryMs: number | null;
  /** The longest that this process itself stood still. */
  readonly stalledMs: number;
  /** The run's metrics. */
  readonly metrics: string;
}

const clock = createSystemClock();
const { signal } = new AbortController();

/** A run that asks on and on, while the first of its two providers goes away and comes back. */
export async function runOutage(outage: Outage, plan: OutagePlan): Promise<OutageReport> {
  const first = await openProvider(outage);
  await using second = await startMockLlm({ clock }, { script: { answers: [{ text: "second" }] } });
  await using dispatchers = createDispatchers();
  await using processes = createModelProcesses({ clock });
  let metrics = "";
  const telemetry = await openTelemetry(
    {
      ...{ clock, lookup, writeStderr: () => undefined },
      keepFile: (_name, text) => Promise.resolve(void (metrics = text)),
    },
    {
      ...{ version: "bench", runId: "20261127-000000-0000aa", folder: null },
      ...{ levels: "silent", toStderr: false, collector: null, secrets: [] },
    },
  );
  const observed = { telemetry, kindOf: (name: string) => name };
  const limits = outage === "hang" ? { ...LIMITS, firstTokenMs: plan.firstTokenMs } : LIMITS;
  const lag = monitorEventLoopDelay({ resolution: 10 });
  const router = createModelRouter(
    {
      ...{ clock, dispatchers, processes, random: Math.random, learned: openLearned(null) },
      prices: createPriceTable({}),
      budget: createBudget(NO_BUDGETS, null),
      onBreaker: (model, state, left) => {
        observeBreaker(observed, model, state, left);
      },
    },
    {
      candidates: [
        createCandidate(toEndpoint("openai", `${first.url}/v1`), "gpt-4.1", { limits }),
        createCandidate(toEndpoint("anthropic", `${second.url}/v1`), "claude-sonnet-4-5"),
      ],
      deadlineMs: 120_000,
    },
  );
  const port = observeModels(observed, router);
  // What is loaded at the first call is no part of any.
  await ask(port, "before", clock.monotonic());
  const startMs = clock.monotonic();
  lag.enable();
  const asked: Promise<OutageCall>[] = [];
  const run = async (phase: OutageCall["phase"], durationMs: number): Promise<void> => {
    const endMs = clock.monotonic() + durationMs;
    while (clock.monotonic() < endMs) {
      asked.push(ask(port, phase, startMs));
      await clock.sleep(plan.everyMs);
    }
  };
  try {
    await run("before", plan.beforeMs);
    await first.leave();
    await run("during", plan.outageMs);
    await first.comeBack();
    const backMs = clock.monotonic() - startMs;
    await run("after", plan.afterMs);
    const calls = await Promise.all(asked);
    const back = calls.find(({ phase, by }) => phase === "after" && by === "openai");
    await telemetry[Symbol.asyncDispose]();
    return {
      ...{ calls, metrics, stalledMs: lag.max / 1e6 },
      recoveryMs: back === undefined ? null : back.atMs - backMs,
    };
  } finally {
    lag.disable();
    await Promise.allSettled(asked);
    await first.close();
  }
}

async function ask(
  port: ModelPort,
  phase: OutageCall["phase"],
  startMs: number,
): Promise<OutageCall> {
  const begun = clock.monotonic();
  const starts = new Map<string, number>();
  const end = (by: string | null, problem: string | null): OutageCall => {
    const [one, other] = [starts.get("openai"), starts.get("anthropic")];
    const fallbackMs = one === undefined || other === undefined ? null : other - one;
    const tookMs = clock.monotonic() - begun;
    return { phase, atMs: begun - startMs, tookMs, fallbackMs, by, problem };
  };
  try {
    const { requested } = await port.generate(
      { role: "check", messages: [{ role: "user", text: "Say hello." }] },
      {
        signal,
        onEvent: (event) => {
          if (event.name !== "attempt-start") return;
          const { provider } = event.model;
          if (!starts.has(provider)) starts.set(provider, clock.monotonic());
        },
      },
    );
    return end(requested.provider, null);
  } catch (failure) {
    return end(null, String(failure));
  }
}

interface Provider {
  readonly url: string;
  leave(): Promise<void>;
  comeBack(): Promise<void>;
  close(): Promise<void>;
}

async function openProvider(outage: Outage): Promise<Provider> {
  const answers = [{ text: "first" }];
  const start = (port: number): Promise<MockLlm> =>
    startMockLlm({ clock }, { port, script: { answers } });
  let mock = await start(0);
  const { url, port } = mock;
  const fault = outage === "hang" ? "first-token-hang" : outage === "refused" ? "reset" : outage;
  return {
    url,
    async leave() {
      if (outage === "refused") await mock[Symbol.asyncDispose]();
      else mock.play({ answers, faults: [{ fault, holdMs: 600_000 }] });
    },
    async comeBack() {
      if (outage === "refused") mock = await start(port);
      else mock.play({ answers });
    },
    async close() {
      await mock[Symbol.asyncDispose]();
    },
  };
}

function toEndpoint(kind: "openai" | "anthropic", baseUrl: string): Endpoint {
  return {
    ...{ provider: kind, kind, baseUrl, key: new Secret("key-of-the-bench"), headers: {} },
    ...{ organization: null, project: null, proxy: new Secret(""), authorities: [] },
  };
}
