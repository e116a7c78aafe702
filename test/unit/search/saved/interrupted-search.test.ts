import { describe, expect, test } from "vitest";

import type { CorpusItem, Job } from "../../../../src/search/protocol.ts";
import { aProgram, aRecording, call, num } from "../builders.ts";
import { openSearch, type SearchBench } from "./search-bench.ts";

const itemOf = (value: number): CorpusItem => ({
  program: aProgram(call("double", num(value))),
  fresh: [value * 8],
});
const [first, second] = [itemOf(1), itemOf(2)];

/** A search that has found two programs and is at its mutants. */
async function reachMutation(
  bench: SearchBench,
): Promise<Awaited<ReturnType<SearchBench["worker"]>>> {
  const searching = await bench.worker(0);
  searching.say({ kind: "ready" }, { kind: "items", items: [first, second] });
  searching.finish();
  const hunting = await bench.worker(1);
  expect(hunting.job.kind).toBe("mutation");
  hunting.say({ kind: "ready" });
  return hunting;
}

/** The same up to the phase whose jobs are of this kind; each job before ends at once. */
async function reach(bench: SearchBench, kind: Job["kind"], from: number): Promise<number> {
  for (let index = from; ; index += 1) {
    const worker = await bench.worker(index);
    if (worker.job.kind === kind) return index;
    worker.say({ kind: "ready" });
    worker.finish();
  }
}

describe("a search under a time limit, killed", () => {
  test("in a round of the coverage phase goes on from what the round had found", async () => {
    await using bench = await openSearch();
    const worker = await bench.worker(0);
    worker.say({ kind: "ready" });
    await bench.pass(3_000, worker);
    worker.say({ kind: "items", items: [first] }, { kind: "state-changed", callee: "reset" });
    await bench.pass(1_200, worker);
    worker.say({ kind: "items", items: [second] });
    const leftAt = bench.clock.monotonic();
    await bench.pass(1_200, worker);
    const { items, usedMs, deferred } = await bench.settle((state) => state.items.length > 1);
    expect(items).toEqual([first, second]);
    expect(deferred).toEqual(["reset"]);
    // Finds and the time that they took are of one moment.
    expect(usedMs).toBeGreaterThanOrEqual(leftAt);
    expect(usedMs).toBeLessThanOrEqual(bench.clock.monotonic());

    await using again = await openSearch(await bench.kill());
    const { job } = await again.worker(0);
    expect(job).toMatchObject({ kind: "coverage", corpus: [first, second], deferred: ["reset"] });
  });

  test("while nothing is found does not get that time again", async () => {
    await using bench = await openSearch();
    const worker = await bench.worker(0);
    worker.say({ kind: "ready" });
    await bench.pass(10_000, worker);
    const limit = worker.job.limit.kind === "time" ? worker.job.limit.durationMs : 0;
    await bench.settle(({ usedMs }) => usedMs > 8_000);

    await using again = await openSearch(await bench.kill());
    const { job } = await again.worker(0);
    expect(job.limit.kind === "time" && job.limit.durationMs).toBeLessThan(limit - 4_000);
  });

  test("in the mutation phase goes on from its kills, and evaluates no program again", async () => {
    await using bench = await openSearch();
    const worker = await reachMutation(bench);
    const programs = worker.job.kind === "mutation" ? worker.job.programs : [];
    expect(programs).toHaveLength(2);
    worker.say({ kind: "kills", program: first.program, index: 0, switchIds: ["1"] });
    worker.say({ kind: "kills-so-far", program: second.program, switchIds: ["2"] });
    worker.say({ kind: "beat", executions: 5, evaluated: 1 });
    await bench.pass(1_600, worker);
    await bench.settle(({ kills, evaluated }) => kills.length > 1 && evaluated[0]?.length === 1);

    await using again = await openSearch(await bench.kill());
    const restored = await again.saved().then(({ kills }) => kills);
    expect(restored.map(({ kills }) => kills)).toEqual([["1"], ["2"]]);
    const coverage = await again.worker(0);
    coverage.say({ kind: "ready" });
    coverage.finish();
    const { job } = await again.worker(1);
    expect(job).toMatchObject({
      killed: ["1", "2"],
      programs: [
        { program: first.program, isEvaluated: true },
        { program: second.program, isEvaluated: false },
      ],
    });
  });

  test("does not run again what hung, nor load what did not", async () => {
    await using bench = await openSearch();
    const worker = await bench.worker(0);
    worker.say({ kind: "ready" }, { kind: "load-end", file: "other.js", failure: "it throws" });
    const hung = { kind: "cut", program: first.program, isMutated: false } as const;
    worker.say(hung, hung, hung);
    await bench.pass(1_600, worker);
    await bench.settle(({ crew }) => crew.blacklist.length > 0);

    await using again = await openSearch(await bench.kill());
    const { job } = await again.worker(0);
    expect(job.blacklist).toHaveLength(1);
    expect((await bench.saved()).crew.loadFailures).toEqual({ "other.js": "it throws" });
  });

  test("while it shrinks, measures or records asks only what is not answered", async () => {
    await using bench = await openSearch();
    const hunting = await reachMutation(bench);
    hunting.say({ kind: "kills", program: first.program, index: 0, switchIds: ["1"] });
    hunting.say({ kind: "kills", program: second.program, index: 1, switchIds: ["2"] });
    hunting.finish();
    const at = await reach(bench, "shrink", 2);
    const shrinking = await bench.worker(at);
    shrinking.say({ kind: "ready" }, { kind: "shrunk", index: 0, program: first.program });
    shrinking.finish();
    const recording = await bench.worker(await reach(bench, "record", at + 1));
    const asked = recording.job.kind === "record" ? recording.job.programs : [];
    expect(asked).toEqual([first.program, second.program]);
    recording.say({
      ...{ kind: "recorded", index: 0, program: first.program, problem: null },
      recording: aRecording({ kind: "number", value: 2 }),
    });
    await bench.pass(1_600, recording);
    await bench.settle(({ kills }) => kills.length > 1);

    await using again = await openSearch(await bench.kill());
    const shrink = await again.worker(await reach(again, "shrink", 0));
    const tasks = shrink.job.kind === "shrink" ? shrink.job.tasks : [];
    expect(tasks.map(({ program }) => program)).toEqual([second.program]);
    const record = await again.worker(await reach(again, "record", 0));
    expect(record.job).toMatchObject({ programs: [second.program] });
  });
});
