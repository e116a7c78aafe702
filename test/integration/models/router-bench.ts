import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { onTestFinished } from "vitest";
import type { WireKind } from "../../../src/adapters/llm/kinds.ts";
import { createBudget, NO_BUDGETS } from "../../../src/adapters/llm/money/budget.ts";
import { createPriceTable } from "../../../src/adapters/llm/money/prices.ts";
import { type Candidate, createCandidate } from "../../../src/adapters/llm/router/candidate.ts";
import type { RouterDeps } from "../../../src/adapters/llm/router/course.ts";
import {
  createModelRouter,
  type RouterOptions,
} from "../../../src/adapters/llm/router/create-model-router.ts";
import { openLearned } from "../../../src/adapters/llm/router/learned.ts";
import { createDispatchers } from "../../../src/adapters/llm/wire/dispatchers.ts";
import { createModelProcesses } from "../../../src/adapters/llm/wire/gguf/model-processes.ts";
import type { MockLlm } from "../../../src/adapters/mock-llm/start-mock-llm.ts";
import type { ModelEvent, ModelPort } from "../../../src/ports/model.ts";
import { anEndpoint, clock, MODELS } from "./wire-bench.ts";

export const signal = new AbortController().signal;

type Own = NonNullable<Parameters<typeof createCandidate>[2]>;

export function aCandidate(
  mock: Pick<MockLlm, "url">,
  kind: WireKind,
  { model = MODELS[kind], ...own }: Own & { readonly model?: string } = {},
): Candidate {
  return createCandidate(anEndpoint(kind, mock.url), model, own);
}

export function aRouter(
  candidates: readonly Candidate[],
  { deps = {}, ...options }: Partial<RouterOptions> & { readonly deps?: Partial<RouterDeps> } = {},
): ModelPort {
  const dispatchers = createDispatchers();
  const processes = createModelProcesses({ clock });
  onTestFinished(async () => {
    await processes[Symbol.asyncDispose]();
    await dispatchers[Symbol.asyncDispose]();
  });
  return createModelRouter(
    {
      clock,
      random: () => 0.01,
      dispatchers,
      processes,
      prices: createPriceTable({}),
      budget: createBudget(NO_BUDGETS, null),
      learned: openLearned(null),
      ...deps,
    },
    { candidates, deadlineMs: 60_000, ...options },
  );
}

/** A folder that goes with the test. */
export async function aFolder(): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), "regoose-models-"));
  onTestFinished(() => rm(folder, { recursive: true, force: true }));
  return folder;
}

export const HELLO = {
  role: "check",
  messages: [{ role: "user", text: "Say hello." }],
} as const;

/** Text as a listener puts it together from events. */
export function listen(): { readonly onEvent: (event: ModelEvent) => void; text: () => string } {
  let text = "";
  return {
    onEvent: (event) => {
      if (event.name === "text-delta") text += event.text;
      if (event.name === "text-reset") text = text.slice(0, event.keptLength);
    },
    text: () => text,
  };
}
