import { LLMock } from "@copilotkit/aimock";
import { describe, expect, onTestFinished, test } from "vitest";
import { ask } from "./wire-bench.ts";

async function anotherMock(): Promise<LLMock> {
  const mock = new LLMock({ port: 0 });
  await mock.start();
  onTestFinished(() => mock.stop());
  return mock;
}

/** The same wire on a server that we did not write: a mistake in both of our own halves would show here. */
describe.each(["openai", "anthropic", "google"] as const)("aimock as %s", (kind) => {
  test("answers in text", async () => {
    const mock = await anotherMock();
    mock.onMessage(/hello/iu, { content: "Hello from another server." });

    const outcome = await ask(mock, kind);

    expect(outcome.failure).toBeNull();
    expect(outcome.text).toBe("Hello from another server.");
    expect(outcome.finish).toBe("stop");
  });

  test("calls a tool", async () => {
    const mock = await anotherMock();
    mock.onMessage(/hello/iu, { toolCalls: [{ name: "look", arguments: '{"at":"a.ts"}' }] });
    const tools = [{ name: "look", description: "looks", inputSchema: { type: "object" } }];

    const outcome = await ask(mock, kind, { tools });

    expect(outcome.failure).toBeNull();
    expect(JSON.parse(outcome.toolCalls[0]?.input ?? "")).toEqual({ at: "a.ts" });
  });

  test("says that it is too much", async () => {
    const mock = await anotherMock();
    mock.nextRequestError(429, { message: "slow down", type: "rate_limit_error" });

    const outcome = await ask(mock, kind);

    expect(outcome.failure?.code).toBe("RGS-4007");
  });
});
