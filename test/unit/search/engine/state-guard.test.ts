import { beforeEach, describe, expect, test } from "vitest";

import type { TestProgram } from "../../../../src/contract/program.ts";
import type { CoverageJob } from "../../../../src/search/protocol.ts";
import { counters, hit, searchCounted, take } from "./counted-world.ts";
import { aJobBase, aModel, FILE, ofKind } from "./fake-world.ts";

beforeEach(() => {
  counters.reset();
});

function aJob(
  executions: number,
  only: readonly string[],
  changed: Partial<CoverageJob> = {},
): CoverageJob {
  return {
    ...aJobBase(executions, {
      modules: [aModel()],
      only: only.map((name) => [name]),
    }),
    kind: "coverage",
    corpus: [],
    patience: 10_000,
    watchesState: false,
    deferred: [],
    ...changed,
  };
}

describe("a callee that changes what others find", () => {
  const createRules = (): Record<string, unknown> => {
    const rules = [(word: unknown): boolean => take(1, word === "goose")];
    return {
      // Any rule hides those before it.
      addRule: (rule: unknown) => {
        hit(0);
        if (rule !== undefined) rules.unshift(() => false);
      },
      find: (word: unknown) => {
        hit(1);
        return rules[0]?.(word) === true ? "geese" : null;
      },
      idle: (value: unknown) => [value],
    };
  };
  const only = ["addRule", "find", "idle"];
  const callsRule = (program: TestProgram): boolean => JSON.stringify(program).includes("addRule");

  test("is named, and a fresh process wanted", async () => {
    const { messages, needsRestart } = await searchCounted(
      aJob(4_000, only, { watchesState: true }),
      createRules,
    );
    expect(needsRestart).toBe(true);
    expect(ofKind(messages, "state-changed")).toEqual([
      { kind: "state-changed", callee: `${FILE} addRule` },
    ]);
  });

  test("is no matter where nobody watches", async () => {
    const { messages, needsRestart } = await searchCounted(aJob(4_000, only), createRules);
    expect(needsRestart).toBe(false);
    expect(ofKind(messages, "state-changed")).toEqual([]);
  });

  test("comes last once it is known, and comes at all", async () => {
    const deferred = [`${FILE} addRule`];
    const job = aJob(4_000, only, { watchesState: true, deferred });
    const { messages, programs, needsRestart, session } = await searchCounted(job, createRules);
    expect(needsRestart).toBe(false);
    expect(ofKind(messages, "state-changed")).toEqual([]);
    const first = programs.findIndex(callsRule);
    expect(first).toBeGreaterThan(0);
    expect(programs.slice(0, first)).not.toHaveLength(0);
    expect(session.executions()).toBeGreaterThan(3_400);
  });

  test("runs as well where the search runs dry before the end", async () => {
    const deferred = [`${FILE} addRule`];
    const job = aJob(100_000, only, { patience: 50, deferred });
    const { programs, isSaturated, session } = await searchCounted(job, createRules);
    expect(isSaturated).toBe(true);
    expect(programs.some(callsRule)).toBe(true);
    expect(session.executions()).toBeLessThan(85_000);
  });

  test("is not one that nearly every program needs", async () => {
    const createCounter = (): Record<string, unknown> => {
      let calls = 0;
      return {
        count: (word: unknown) => {
          calls += 1;
          hit(1);
          return calls > 200 ? `${String(word)}!` : "";
        },
      };
    };
    const { messages } = await searchCounted(
      aJob(4_000, ["count"], { watchesState: true }),
      createCounter,
    );
    expect(ofKind(messages, "state-changed")).toEqual([{ kind: "state-changed", callee: null }]);
  });
});
