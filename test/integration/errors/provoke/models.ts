import type { ChildProcess } from "node:child_process";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { onTestFinished } from "vitest";
import { z } from "zod";
import { createBudget, NO_BUDGETS } from "../../../../src/adapters/llm/money/budget.ts";
import { openAnswerStore } from "../../../../src/adapters/llm/router/answer-store.ts";
import { LIMITS } from "../../../../src/adapters/llm/router/candidate.ts";
import type { FaultName } from "../../../../src/adapters/mock-llm/faults.ts";
import { startModelProcess } from "../../../../src/adapters/llm/wire/gguf/model-processes.ts";
import { startMockLlm } from "../../../../src/adapters/mock-llm/start-mock-llm.ts";
import type { ModelRequest } from "../../../../src/contract/model/request.ts";
import { createDeadline } from "../../../../src/kernel/clock.ts";
import { aProject } from "../../../unit/analysis/project-builder.ts";
import { aGgufRouter, aModelFile, aProcessPool, WITHOUT_LIBRARY } from "../../models/gguf-bench.ts";
import { aCandidate, aRouter, HELLO, signal } from "../../models/router-bench.ts";
import { aMock, clock } from "../../models/wire-bench.ts";
import { command, thrown, type Provoke } from "./provoked.ts";

const SCHEMA = { name: "verdict", schema: z.strictObject({ verdict: z.string() }) };

/** A question to a mock server that always does the same wrong thing. */
const ask =
  (fault: FaultName, more: Partial<ModelRequest<unknown>> = {}): Provoke =>
  async () => {
    const mock = await aMock({ answers: [{ text: "one two three" }], faults: [{ fault }] });
    const limits = { ...LIMITS, firstTokenMs: 300, gapMs: 300 };
    const router = aRouter([aCandidate(mock, "openai", { limits })]);
    const deadline = createDeadline(clock, 1_500);
    return thrown(() => router.generate({ ...HELLO, ...more }, { signal, deadline }));
  };

const PROVIDERS = ["OPENAI_API_KEY", "DEEPSEEK_API_KEY", "ANTHROPIC_API_KEY", "GEMINI_API_KEY"];

/** RGS-40xx: language models. */
export const MODELS = {
  "RGS-4001": ask("key-rejected"),
  "RGS-4002": async () => {
    const set = PROVIDERS.filter((name) => process.env[name] !== undefined);
    if (set.length > 0) throw new Error(`unset ${set.join(", ")} for this test`);
    return command(["llm", "test"], await aProject({ "package.json": {} }));
  },
  "RGS-4003": ask("bad-request"),
  "RGS-4004": ask("bad-parameter"),
  "RGS-4005": ask("model-gone"),
  "RGS-4006": ask("context-overflow"),
  "RGS-4007": ask("retry-after-absurd"),
  "RGS-4008": ask("status-503"),
  "RGS-4009": ask("silence"),
  "RGS-4010": ask("no-finish"),
  "RGS-4011": ask("html"),
  "RGS-4012": ask("wrong-schema", { answer: SCHEMA }),
  "RGS-4013": ask("empty"),
  "RGS-4014": ask("refusal"),
  "RGS-4015": async () => {
    const mock = await aMock({
      answers: [{ json: { verdict: "it is a bug in the parser" } }],
      faults: [{ fault: "answer-cut" }],
    });
    const router = aRouter([aCandidate(mock, "openai")]);
    return thrown(() => router.generate({ ...HELLO, answer: SCHEMA }, { signal }));
  },
  "RGS-4016": async () => {
    const budget = createBudget({ ...NO_BUDGETS, run: { usd: null, tokens: 10 } }, null);
    const router = aRouter([aCandidate(await aMock({}), "openai")], { deps: { budget } });
    return thrown(() => router.generate(HELLO, { signal }));
  },
  "RGS-4017": ask("quota-exhausted"),
  "RGS-4018": async () => {
    const router = aRouter([aCandidate(await aMock({}), "openai", { capabilities: [] })]);
    return thrown(() => router.generate({ ...HELLO, answer: SCHEMA }, { signal }));
  },
  "RGS-4019": async () => {
    const folder = await mkdtemp(join(tmpdir(), "regoose-replay-"));
    onTestFinished(() => rm(folder, { recursive: true, force: true }));
    const recording = { store: openAnswerStore(folder), mode: "replay" } as const;
    const router = aRouter([aCandidate(await aMock({}), "openai")], { recording });
    return thrown(() => router.generate(HELLO, { signal }));
  },
  "RGS-4020": async () => {
    const budget = createBudget({ ...NO_BUDGETS, run: { usd: 1n, tokens: null } }, null);
    const candidate = aCandidate(await aMock({}), "openai", { model: "nobody-knows" });
    const router = aRouter([candidate], { deps: { budget } });
    return thrown(() => router.generate(HELLO, { signal }));
  },
  "RGS-4021": ask("redirect"),
  "RGS-4022": async () => {
    const start = (): ChildProcess => startModelProcess(...WITHOUT_LIBRARY);
    const router = aGgufRouter(await aModelFile(), { processes: aProcessPool(start) });
    return thrown(() => router.generate(HELLO, { signal }));
  },
  "RGS-4031": () =>
    thrown(() =>
      startMockLlm({ clock }, { script: { faults: [{ fault: "nonsense" as "html" }] } }),
    ),
} as const satisfies Readonly<Record<string, Provoke>>;
