import { expect, test } from "vitest";

import { createKillMatrix, runPairs } from "../../../src/admission/mutants/run-pairs.ts";
import { createSession, type Session } from "../../../src/admission/session.ts";
import { createDeadline } from "../../../src/kernel/clock.ts";
import type { TestRunner } from "../../../src/ports/runner.ts";
import { createFakeClock } from "../../../src/testing/index.ts";

const toTest = (title: string): { key: string; printed: { file: string; fullTitle: string } } => ({
  key: `a.test.js::${title}`,
  printed: { file: "a.test.js", fullTitle: title },
});

test("a process that takes long does not keep the others waiting", async () => {
  const clock = createFakeClock();
  const deadline = createDeadline(clock, 60_000);
  let release: () => void = () => undefined;
  const slow = new Promise<void>((resolve) => (release = resolve));
  let runs = 0;
  const session = {
    concurrency: 2,
    deadline,
    run: async ({ mode }: Parameters<Session["run"]>[0]) => {
      runs += 1;
      if (runs === 1) await slow;
      else if (runs === 4) release();
      const pairs = mode.kind === "mutants" ? mode.pairs : [];
      return {
        end: { kind: "finished" },
        tests: [],
        strayErrors: [],
        durationMs: 4_000,
        pairs: pairs.flatMap(({ file, fullTitle, switchIds }) =>
          switchIds.map((switchId) => ({ file, fullTitle, switchId, status: "survived" })),
        ),
      };
    },
  };
  const matrix = createKillMatrix();
  await runPairs({
    session: { ...session, until: () => session } as never,
    files: { "a.test.js": "" },
    overlay: {},
    wanted: Array.from({ length: 40 }, (_none, index) => ({
      test: toTest(`test ${String(index)}`),
      switchIds: Array.from({ length: 100 }, (_other, mutant) => `m${String(mutant)}`),
    })),
    matrix,
    until: deadline,
    pairTimeoutMs: 1_000,
  });
  expect(runs).toBeGreaterThan(4);
  expect(matrix.outcomes.size).toBe(40);
});

test("a process is cut when the time of the step is over, and what it told by then stands", async () => {
  const clock = createFakeClock();
  const limits: number[] = [];
  const runner = {
    runner: "node" as const,
    run: (request: Parameters<TestRunner["run"]>[0]) => {
      limits.push(request.timeoutMs);
      clock.advance(request.timeoutMs);
      const pair = { file: "a.test.js", fullTitle: "slow", switchId: "none", status: "survived" };
      const told = [pair, pair, { ...pair, switchId: "m1" }];
      return Promise.resolve({
        end: { kind: "timed-out", afterMs: request.timeoutMs },
        tests: [],
        strayErrors: [],
        durationMs: request.timeoutMs,
        pairs: told,
      } as never);
    },
  };
  const { signal } = new AbortController();
  const deadline = createDeadline(clock, 20_000);
  const session = createSession(
    { runner },
    { runTimeoutMs: 60_000, concurrency: 2, deadline, signal },
  );
  const matrix = createKillMatrix();
  await runPairs({
    session,
    files: { "a.test.js": "" },
    overlay: {},
    wanted: [{ test: toTest("slow"), switchIds: ["m1", "m2"] }],
    matrix,
    until: createDeadline(clock, 5_000),
    pairTimeoutMs: 1_000,
  });
  expect(limits).toEqual([5_000]);
  expect([...(matrix.outcomes.get("a.test.js::slow")?.keys() ?? [])]).toEqual(["m1"]);
});
