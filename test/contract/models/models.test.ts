import { describe, test } from "vitest";
import { createBudget, NO_BUDGETS } from "../../../src/adapters/llm/money/budget.ts";
import { createPriceTable } from "../../../src/adapters/llm/money/prices.ts";
import { createCandidate } from "../../../src/adapters/llm/router/candidate.ts";
import { createModelRouter } from "../../../src/adapters/llm/router/create-model-router.ts";
import { openLearned } from "../../../src/adapters/llm/router/learned.ts";
import { createDispatchers } from "../../../src/adapters/llm/wire/dispatchers.ts";
import { createModelProcesses } from "../../../src/adapters/llm/wire/gguf/model-processes.ts";
import { WIRE_KINDS, type WireKind } from "../../../src/adapters/llm/kinds.ts";
import { startMockLlm } from "../../../src/adapters/mock-llm/start-mock-llm.ts";
import { createSystemClock } from "../../../src/kernel/clock.ts";
import { RegooseError } from "../../../src/kernel/errors.ts";
import { NO_TELEMETRY } from "../../../src/ports/telemetry.ts";
import { observeModels } from "../../../src/telemetry/observe-models.ts";
import { createFakeModel, type FakeAnswer } from "../../../src/testing/fake-model.ts";
import { modelContract, type ModelBench } from "../../../src/testing/model-contract.ts";
import { anEndpoint, MODELS } from "../../integration/models/wire-bench.ts";

const clock = createSystemClock();

/** The router before a mock server that speaks the protocol. */
async function openBench(kind: WireKind): Promise<ModelBench & AsyncDisposable> {
  const mock = await startMockLlm({ clock }, {});
  const dispatchers = createDispatchers();
  const processes = createModelProcesses({ clock });
  const router = createModelRouter(
    {
      ...{ clock, dispatchers, processes, random: () => 0, learned: openLearned(null) },
      prices: createPriceTable({}),
      budget: createBudget(NO_BUDGETS, null),
    },
    {
      candidates: [createCandidate(anEndpoint(kind, mock.url), MODELS[kind])],
      deadlineMs: 60_000,
    },
  );
  return {
    port: observeModels({ telemetry: NO_TELEMETRY, kindOf: (name) => name }, router),
    answer({ text, toolCalls = [], usage }) {
      const counts =
        usage === undefined
          ? {}
          : { usage: { input: usage.inputTokens, output: usage.outputTokens } };
      mock.play({ answers: [{ text, toolCalls: [...toolCalls], ...counts }] });
    },
    echo() {
      mock.play({});
    },
    hang() {
      mock.play({ faults: [{ fault: "silence", holdMs: 600_000 }] });
    },
    refuse() {
      mock.play({ faults: [{ fault: "bad-request" }] });
    },
    async [Symbol.asyncDispose]() {
      await dispatchers[Symbol.asyncDispose]();
      await mock[Symbol.asyncDispose]();
    },
  };
}

describe.each(WIRE_KINDS)("models that speak as %s keep the contract", (kind) => {
  test.for(modelContract())("$name", async (law) => {
    await using bench = await openBench(kind);
    await law.run(bench);
  });
});

describe("the fake model keeps the contract", () => {
  test.for(modelContract())("$name", async (law) => {
    let reply: (text: string) => FakeAnswer | Promise<FakeAnswer> = (text) => ({ text });
    await law.run({
      port: createFakeModel(({ messages }) => {
        const last = messages.at(-1);
        return reply(last === undefined || last.role === "tool" ? "" : last.text);
      }),
      answer({ text, toolCalls = [], usage }) {
        const calls = toolCalls.map((call, index) => ({ ...call, id: `call-${String(index)}` }));
        reply = () => ({ text, toolCalls: calls, ...(usage === undefined ? {} : { usage }) });
      },
      echo() {
        reply = (text) => ({ text });
      },
      hang() {
        reply = () => new Promise(() => undefined);
      },
      refuse() {
        reply = () => {
          throw new RegooseError("RGS-4003", "fake/fake-model answered with 400");
        };
      },
    });
  });
});
