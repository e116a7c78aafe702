import { describe, expect, test } from "vitest";

import { propose } from "./scene.ts";

describe("where there is nothing to propose, the first obstacle tells", () => {
  test.each<readonly [string, string, RegExp, Parameters<typeof propose>[0]["input"]]>([
    [
      "a call that no test may make",
      "exports.halt = () => process.kill(process.pid);",
      /^index\.cjs halt makes no test: process\.kill/u,
      {},
    ],
    [
      "calls that do not end",
      "exports.spin = (n) => { for (;;) n += 1; };",
      /^index\.cjs spin makes no test: (?:no call of it comes to an end|each call of it takes)/u,
      { budget: { kind: "executions", count: 12 } },
    ],
    [
      "errors that nobody handles",
      "exports.tell = (n) => { Promise.reject(new Error('unheard')); return n; };",
      /^index\.cjs tell makes no test: .*nobody handles.*unheard/u,
      {},
    ],
    [
      "results that differ",
      "exports.token = () => require('node:crypto').randomUUID();",
      /differs from run to run/u,
      {},
    ],
    ["nothing to call", "exports.limits = { most: 9 };", /nothing .* can be called/u, {}],
    [
      "no time",
      "exports.one = (n) => n + 1;",
      /^the time limit .* left the search 0\.0 s/u,
      { budget: { kind: "time", durationMs: 1 } },
    ],
  ])("%s", { timeout: 300_000 }, async (_name, source, expected, input) => {
    const few = { kind: "executions", count: 300 } as const;
    const { candidates, obstacles } = await propose({
      files: { "index.cjs": source },
      input: { budget: few, ...input },
    });
    expect(candidates).toEqual([]);
    expect(obstacles[0]).toMatch(expected);
  });
});

test(
  "a function of which no call makes a test is told of beside the tests of others",
  {
    timeout: 300_000,
  },
  async () => {
    const { candidates, notes, obstacles } = await propose({
      files: {
        "index.cjs": "exports.leave = () => process.exit(1); exports.one = (n) => n + 1;",
      },
    });
    expect(candidates.length).toBeGreaterThan(0);
    expect(notes).toContainEqual(expect.stringMatching(/^index\.cjs leave makes no test: .*exit/u));
    expect(obstacles).toEqual([]);
  },
);
