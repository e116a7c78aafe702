import { describe, expect, test } from "vitest";

import type { TestProgram } from "../../../src/contract/program.ts";
import type { Recording } from "../../../src/contract/snapshot.ts";
import type { Campaign } from "../../../src/search/campaign.ts";
import type { JobOrder } from "../../../src/search/crew.ts";
import { recordPrograms } from "../../../src/search/phase-record.ts";
import { NO_ANSWERS } from "../../../src/search/saved/answers.ts";

const programs: readonly TestProgram[] = Array.from({ length: 400 }, (_none, index) => ({
  module: "index.js",
  usesFixture: false,
  statements: [
    {
      kind: "call",
      callee: { kind: "export", path: ["double"] },
      args: [{ kind: "number", value: index }],
      awaits: false,
    },
  ],
})) as never;

const recordingOf = (program: TestProgram): Recording =>
  ({
    outcomes: [{ kind: "returned", value: { kind: "text", value: JSON.stringify(program) } }],
    mutations: [],
    spies: [],
    files: {},
  }) as never;

/** A campaign whose recording processes answer `count` programs each, in the order of their job. */
function createCampaign(count: number): { campaign: Campaign; orders: TestProgram[][] } {
  const orders: TestProgram[][] = [];
  const crew = {
    notes: [],
    note: () => undefined,
    run: (order: JobOrder) => {
      const job = order.create({ skipped: new Set() } as never, 0);
      if (job?.kind !== "record") throw new Error("not a recording");
      orders.push([...job.programs]);
      for (const [index, program] of job.programs.slice(0, count).entries()) {
        const recording = recordingOf(program);
        order.onMessage({ kind: "recorded", index, program, recording, problem: null });
      }
      return Promise.resolve({ isSaturated: false });
    },
  };
  const campaign = {
    crew,
    plan: { limitOf: () => ({ kind: "time", durationMs: 1_000 }) },
    input: { seed: 1, api: { modules: [] }, onlyFiles: [], only: null },
    files: [],
    fixtureModules: [],
    answers: NO_ANSWERS,
    inParallel: (tasks: readonly (() => Promise<unknown>)[]) =>
      Promise.all(tasks.map((task) => task())),
  };
  return { campaign: campaign as never, orders };
}

describe("recordPrograms", () => {
  test("keeps what both passes reached when time cuts both", async () => {
    const { campaign } = createCampaign(190);
    const recorded = await recordPrograms(campaign, programs);
    expect(recorded.length).toBeGreaterThanOrEqual(160);
    expect(recorded.slice(0, 160).map(({ index }) => index)).toEqual([...Array(160).keys()]);
  });

  test("runs every program in both passes, in another order", async () => {
    const { campaign, orders } = createCampaign(programs.length);
    const recorded = await recordPrograms(campaign, programs);
    expect(recorded).toHaveLength(programs.length);
    const [first = [], second = []] = orders;
    expect(first).toEqual(programs);
    expect(second).not.toEqual(programs);
    expect(new Set(second)).toEqual(new Set(programs));
  });
});
