import { onTestFinished } from "vitest";
import type { WireKind } from "../../../src/adapters/llm/kinds.ts";
import { planParameters } from "../../../src/adapters/llm/parameters/plan-parameters.ts";
import { callWire } from "../../../src/adapters/llm/wire/call-wire.ts";
import { createDispatchers } from "../../../src/adapters/llm/wire/dispatchers.ts";
import { createModelProcesses } from "../../../src/adapters/llm/wire/gguf/model-processes.ts";
import type { Endpoint, WireCall, WireOutcome } from "../../../src/adapters/llm/wire/wire.ts";
import { type ScriptInput } from "../../../src/adapters/mock-llm/script.ts";
import { type MockLlm, startMockLlm } from "../../../src/adapters/mock-llm/start-mock-llm.ts";
import type { ModelParameters, ParameterPolicy } from "../../../src/contract/model/parameters.ts";
import { createSystemClock } from "../../../src/kernel/clock.ts";
import { Secret } from "../../../src/kernel/secret.ts";

export const clock = createSystemClock();

/** Paths that the protocols' libraries hang below their own base addresses. */
export const BASE_PATHS: Readonly<Record<WireKind, string>> = {
  openai: "/v1",
  deepseek: "",
  "openai-compatible": "/v1",
  anthropic: "/v1",
  google: "/v1beta",
};

export const MODELS: Readonly<Record<WireKind, string>> = {
  openai: "gpt-4.1",
  deepseek: "deepseek-chat",
  "openai-compatible": "qwen3-coder",
  anthropic: "claude-sonnet-4-5",
  google: "gemini-2.5-flash",
};

export async function aMock(script: ScriptInput): Promise<MockLlm> {
  const mock = await startMockLlm({ clock }, { script });
  onTestFinished(() => mock[Symbol.asyncDispose]());
  return mock;
}

export function anEndpoint(kind: WireKind, url: string, more: Partial<Endpoint> = {}): Endpoint {
  return {
    provider: kind,
    kind,
    baseUrl: `${url}${BASE_PATHS[kind]}`,
    key: new Secret("key-of-the-test"),
    headers: {},
    organization: null,
    project: null,
    proxy: null,
    authorities: [],
    ...more,
  };
}

export interface AskOptions extends Partial<Omit<WireCall, "endpoint">> {
  readonly parameters?: ModelParameters;
  readonly policy?: ParameterPolicy;
  readonly endpoint?: Partial<Endpoint>;
  readonly signal?: AbortSignal;
}

/** One request over the wire, without router. */
export async function ask(
  mock: Pick<MockLlm, "url">,
  kind: WireKind,
  { parameters = {}, policy = "adapt", endpoint, signal, ...more }: AskOptions = {},
): Promise<WireOutcome & { readonly pieces: readonly string[] }> {
  await using dispatchers = createDispatchers();
  await using processes = createModelProcesses({ clock });
  const model = more.model ?? MODELS[kind];
  const pieces: string[] = [];
  const outcome = await callWire(
    { clock, dispatchers, processes },
    {
      endpoint: anEndpoint(kind, mock.url, endpoint),
      model,
      messages: [
        { role: "system", text: "You are terse." },
        { role: "user", text: "Say hello." },
      ],
      tools: [],
      toolChoice: undefined,
      schema: null,
      plan: planParameters({ kind, provider: kind, model, parameters, policy, refused: new Set() }),
      limits: { connectMs: 5_000, firstTokenMs: 20_000, gapMs: 20_000, totalMs: 60_000 },
      ...more,
    },
    { onText: (text) => pieces.push(text), onReasoning: () => undefined },
    { signal: signal ?? new AbortController().signal },
  );
  return { ...outcome, pieces };
}
