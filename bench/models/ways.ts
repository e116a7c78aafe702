import { createOpenAI } from "@ai-sdk/openai";
import { streamText } from "ai";
import { lookup } from "node:dns";
import { mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { createBudget, NO_BUDGETS } from "../../src/adapters/llm/money/budget.ts";
import { createPriceTable } from "../../src/adapters/llm/money/prices.ts";
import { createCandidate } from "../../src/adapters/llm/router/candidate.ts";
import { createModelRouter } from "../../src/adapters/llm/router/create-model-router.ts";
import { openLearned } from "../../src/adapters/llm/router/learned.ts";
import { createDispatchers } from "../../src/adapters/llm/wire/dispatchers.ts";
import { createModelProcesses } from "../../src/adapters/llm/wire/gguf/model-processes.ts";
import type { Endpoint } from "../../src/adapters/llm/wire/wire.ts";
import { openModels } from "../../src/app/models/open-models.ts";
import { createSystemClock } from "../../src/kernel/clock.ts";
import { DisposeStack } from "../../src/kernel/dispose.ts";
import { Secret } from "../../src/kernel/secret.ts";
import type { ModelPort } from "../../src/ports/model.ts";
import { openTelemetry } from "../../src/telemetry/open-telemetry.ts";

/** One way to ask the model. */
export interface Way {
  readonly name: string;
  /** Question `number`, which no other call asks. */
  ask(number: number): Promise<void>;
}

export interface Ways extends AsyncDisposable {
  /** The AI SDK, and nothing else. */
  readonly sdk: Way;
  /** With the router before it, from alone to as a run of `generate` has it. */
  readonly own: readonly Way[];
}

const MODEL = "gpt-4.1";
const TEXT = "Say hello, at some length, and mean it. ".repeat(20);
const clock = createSystemClock();
const { signal } = new AbortController();

/**
 * Opens all ways to the model at `url`. `folder` takes what a run writes; the variables of this process name it as the
 * place of Regoose's own state. `calls` may go on at a time.
 */
export async function openWays(url: string, folder: string, calls: number): Promise<Ways> {
  const owned = new DisposeStack();
  const project = join(folder, "project");
  mkdirSync(project);
  writeFileSync(join(project, "package.json"), '{ "name": "bench" }');
  writeFileSync(
    join(project, "regoose.config.json"),
    JSON.stringify({ providers: { openai: { concurrency: calls } } }),
  );
  const telemetry = owned.use(
    await openTelemetry(
      {
        ...{ clock, lookup, writeStderr: () => undefined },
        keepFile: () => Promise.resolve(),
      },
      {
        ...{ version: "1", runId: "20261127-000000-abcdef", folder, levels: "", toStderr: false },
        ...{ collector: null, secrets: [] },
      },
    ),
  );
  const request = {
    cwd: project,
    flags: { provider: "openai", model: MODEL, baseUrl: `${url}/v1` },
  };
  const recording = { folder: join(folder, "answers"), mode: "record" } as const;
  const plain = owned.use(
    await openModels({ clock }, { ...request, usesCache: false }, { signal }),
  );
  const whole = owned.use(
    await openModels({ clock, telemetry }, { ...request, recording }, { signal }),
  );
  const openai = createOpenAI({ baseURL: `${url}/v1`, apiKey: "k" });
  return {
    sdk: {
      name: "AI SDK",
      async ask() {
        await streamText({ model: openai.chat(MODEL), prompt: TEXT, maxRetries: 0 }).text;
      },
    },
    own: [
      toWay("router", openRouter(url, calls, owned)),
      toWay("openModels", plain.port),
      toWay("with cache, recording, telemetry", whole.port),
    ],
    [Symbol.asyncDispose]: () => owned[Symbol.asyncDispose](),
  };
}

function toWay(name: string, port: ModelPort): Way {
  const messages = [{ role: "user", text: TEXT }] as const;
  return {
    name,
    async ask(sample) {
      const { source } = await port.generate({ role: "check", messages, sample }, { signal });
      if (source !== "network") throw new Error(`an answer out of the ${source}`);
    },
  };
}

/** Without ledger, stores and telemetry. */
function openRouter(url: string, calls: number, owned: DisposeStack): ModelPort {
  const endpoint: Endpoint = {
    ...{ provider: "openai", kind: "openai" as const, baseUrl: `${url}/v1`, key: new Secret("k") },
    ...{ headers: {}, organization: null, project: null, proxy: new Secret(""), authorities: [] },
  };
  return createModelRouter(
    {
      ...{ clock, random: Math.random },
      dispatchers: owned.use(createDispatchers()),
      processes: owned.use(createModelProcesses({ clock })),
      prices: createPriceTable({}),
      budget: createBudget(NO_BUDGETS, null),
      learned: openLearned(null),
    },
    { candidates: [createCandidate(endpoint, MODEL, { concurrency: calls })], deadlineMs: 60_000 },
  );
}
