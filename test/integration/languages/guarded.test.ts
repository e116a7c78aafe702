import { afterEach, beforeEach, describe, expect, test } from "vitest";

import { startMockLlm, type MockLlm } from "../../../src/adapters/mock-llm/start-mock-llm.ts";
import { createSystemClock } from "../../../src/kernel/clock.ts";
import { aProject } from "../../unit/analysis/project-builder.ts";
import { command } from "../errors/provoke/provoked.ts";

const clock = createSystemClock();
let server: MockLlm;
beforeEach(async () => {
  server = await startMockLlm({ clock }, { script: {} });
});
afterEach(() => server[Symbol.asyncDispose]());

describe("another language at the sandbox level guarded", () => {
  test.each([
    ["python", "a.py", []],
    ["go", "a.go", []],
    ["perl", "a.pl", ["--test-command", "perl {file}"]],
  ])("%s is refused before any work, with the way out", async (language, file, more) => {
    const root = await aProject({ [file]: "", "go.mod": "module example.com/a\n" });
    const model = ["--provider", "local", "--base-url", `${server.url}/v1`, "--model", "mock"];
    const flags = ["--language", language, ...more, "--sandbox", "guarded"];
    const refused = await command(["generate", ...flags, ...model, file], root);
    expect(refused).toMatchObject({ code: "RGS-7101", exit: 7 });
    expect(refused.hint).toContain("leave --sandbox guarded out");
    expect(refused.hint).toContain("regoose doctor");
    expect(server.requests).toEqual([]);
  });
});
