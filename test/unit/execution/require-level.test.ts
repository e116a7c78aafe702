import { describe, expect, test } from "vitest";
import { createRunnerAdapter } from "../../../src/adapters/runner/create-runner-adapter.ts";
import { requireLevel } from "../../../src/execution/require-level.ts";

describe("the sandbox level that a runner needs", () => {
  test.each(["node", "mocha"] as const)("is guarded at least for %s", (name) => {
    expect(() => {
      requireLevel(createRunnerAdapter(name), "guarded");
    }).not.toThrow();
  });

  test.each(["vitest", "jest"] as const)("is namespace for %s, with the fix", (name) => {
    const adapter = createRunnerAdapter(name);
    expect(() => {
      requireLevel(adapter, "namespace");
    }).not.toThrow();
    expect(() => {
      requireLevel(adapter, "guarded");
    }).toThrow(
      expect.objectContaining({
        name: "RunnerNeedsNamespace",
        errorClass: "permanent",
        hint: expect.stringContaining("bubblewrap") as string,
      }) as Error,
    );
  });
});
