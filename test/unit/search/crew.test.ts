import { describe, expect, test } from "vitest";
import type { WorkerMessage } from "../../../src/search/protocol.ts";
import { aProgram, call } from "./builders.ts";
import { openCrew } from "./crew-bench.ts";

const DONE: WorkerMessage = {
  kind: "done",
  executions: 1,
  isSaturated: true,
  needsRestart: false,
};
const AGAIN: WorkerMessage = { ...DONE, needsRestart: true };
/** It began a program of its own each time, so that its end can be laid at a door. */
const named = (life: number): WorkerMessage => ({
  kind: "journal",
  program: aProgram(call(`f${String(life)}`)),
});

describe("a crew", () => {
  test("replaces a process that was killed, and has each program named from then on", async () => {
    const { crew, jobs, run } = openCrew((life) => (life === 0 ? [] : [DONE]));
    expect(await run()).toEqual({ isSaturated: true });
    expect(jobs.map(({ journal }) => journal)).toEqual(["thread", "stdout"]);
    expect(crew.degradations).toEqual([]);
    expect(crew.isReproducible()).toBe(false);
  });

  test("gives a process up that ends six times within a minute for no reason that it named, and says so", async () => {
    const { crew, jobs, run } = openCrew(() => []);
    expect(await run()).toEqual({ isSaturated: false });
    expect(jobs).toHaveLength(6);
    expect(crew.degradations).toEqual([
      expect.stringContaining("a search process was given up: it ended 6 times within 60 s"),
    ]);
    // One for one: whoever comes next has all its restarts.
    await run();
    expect(jobs).toHaveLength(12);
  });

  test("goes on where what ended each process is known and left out", async () => {
    const { crew, jobs, run } = openCrew((life) => (life < 20 ? [named(life)] : [DONE]));
    expect(await run()).toEqual({ isSaturated: true });
    expect(jobs.at(-1)?.blacklist.length).toBeGreaterThanOrEqual(20);
    expect(crew.degradations).toEqual([]);
  });

  test("starts no more than 25 processes anew, whatever the reason", async () => {
    const { crew, jobs, run } = openCrew(() => [AGAIN]);
    expect(await run()).toEqual({ isSaturated: false });
    expect(jobs).toHaveLength(26);
    expect(crew.degradations).toEqual([expect.stringContaining("25 restarts were not enough")]);
  });
});
