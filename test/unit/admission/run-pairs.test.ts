import { expect, test } from "vitest";

import { createKillMatrix, runPairs } from "../../../src/admission/mutants/run-pairs.ts";
import type { Session } from "../../../src/admission/session.ts";
import { createDeadline } from "../../../src/kernel/clock.ts";
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
    session: session as never,
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
