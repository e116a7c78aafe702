import { afterEach, describe, expect, test } from "vitest";
import {
  createVitestReporter,
  createVitestRunner,
  type VitestTask,
} from "../../../../../src/adapters/runner/vitest/vitest-glue.ts";
import type { HarnessConfig } from "../../../../../src/contract/harness.ts";
import { openRunFolder, type RunFolder } from "../harness/run-folder.ts";

type FileTask = VitestTask & { readonly filepath: string };
type Runner = InstanceType<ReturnType<typeof createVitestRunner>>;
interface Result {
  state: string;
  errors?: unknown[];
}

const realm = globalThis as unknown as Record<string, unknown>;

afterEach(() => {
  delete realm["__stryker__"];
  delete realm["__regoose__"];
});

function aFile(folder: RunFolder, name = "a.test.js"): FileTask {
  const filepath = folder.pathOf(name);
  return { type: "suite", name, mode: "run", filepath, file: { filepath }, tasks: [] };
}

function addTask(suite: VitestTask, name: string, more: Partial<VitestTask> = {}): VitestTask {
  const { file } = suite;
  const task = { type: "test", name, mode: "run", suite, file, concurrent: true, ...more };
  suite.tasks?.push(task);
  return task;
}

interface Opened {
  readonly folder: RunFolder;
  readonly runner: Runner;
  readonly seen: string[];
  readonly file: FileTask;
  /** Runs a task as Vitest would, each repeat with all hooks. */
  readonly run: (task: VitestTask, body: () => unknown) => Promise<void>;
}

function open(changed: Partial<HarnessConfig> = {}): Opened {
  const folder = openRunFolder(changed);
  const seen: string[] = [];
  const bodies = new Map<VitestTask, () => unknown>();
  class Base {
    onCollected(): void {
      seen.push("collected");
    }
    onBeforeTryTask(task: VitestTask): void {
      seen.push(`before ${task.name}`);
    }
    onAfterRunTask(task: VitestTask): void {
      seen.push(`after ${task.name}`);
    }
    onAfterRunFiles(): void {
      seen.push("files");
    }
  }
  const Made = createVitestRunner(folder.config, Base, (task) => bodies.get(task) ?? (() => null));
  const runner = new Made({});
  return {
    folder,
    runner,
    seen,
    file: aFile(folder),
    run: async (task, body) => {
      bodies.set(task, body);
      const result: Result = { state: "run" };
      Object.assign(task, { result });
      for (let repeats = 0; repeats <= (task.repeats ?? 0); repeats += 1) {
        await runner.onBeforeTryTask?.(task, { repeats });
        try {
          await runner.runTask?.(task);
        } catch (thrown) {
          result.state = "fail";
          (result.errors ??= []).push(thrown);
        }
      }
      await runner.onAfterRunTask?.(task);
    },
  };
}

describe("the runner of a Vitest file", () => {
  test("reports tests under their suites and those that never ran, and lets Vitest's own work", async () => {
    const { folder, runner, seen, file, run } = open();
    const suite = addTask(file, "outer", { type: "suite", tasks: [] });
    const green = addTask(suite, "green");
    const red = addTask(suite, "red");
    addTask(file, "skipped");
    await runner.onCollected?.([file]);
    await run(green, () => 1);
    await run(red, () => {
      throw new RangeError("too far");
    });
    await runner.onAfterRunFiles?.([file]);
    expect(folder.results()).toEqual([
      "outer > green passed",
      "outer > red failed: too far",
      "skipped skipped",
    ]);
    expect(folder.lines()[0]).toMatchObject({ file: "a.test.js" });
    expect(seen).toEqual([
      "collected",
      "before green",
      "after green",
      "before red",
      "after red",
      "files",
    ]);
    expect(green.concurrent).toBe(true);
  });

  test("counts a test as red that Vitest failed without an error", async () => {
    const { folder, runner, file } = open();
    const task = addTask(file, "odd");
    await runner.onBeforeTryTask?.(task, { repeats: 0 });
    Object.assign(task, { result: { state: "fail" } });
    await runner.onAfterRunTask?.(task);
    expect(folder.results()).toEqual([expect.stringMatching(/^odd failed/u)]);
  });

  test("takes a test that skips itself for skipped", async () => {
    const { folder, runner, file } = open();
    const task = addTask(file, "leaves");
    await runner.onBeforeTryTask?.(task, { repeats: 0 });
    await runner.onAfterRunFiles?.([file]);
    expect(folder.results()).toEqual(["leaves skipped"]);
  });

  test("shuffles by a seed and runs nothing side by side", async () => {
    const names = ["a", "b", "c", "d", "e", "f"];
    const shuffled = await Promise.all(
      [1, 2].map(async () => {
        const { runner, file } = open({ mode: "coverage", shuffleSeed: 7 });
        for (const name of names) addTask(file, name);
        await runner.onCollected?.([file]);
        expect(file.tasks?.every(({ concurrent }) => concurrent === false)).toBe(true);
        return file.tasks?.map(({ name }) => name) ?? [];
      }),
    );
    expect(shuffled[0]).toEqual(shuffled[1]);
    expect(shuffled[0]).not.toEqual(names);
    expect([...(shuffled[0] ?? [])].sort()).toEqual(names);
  });

  test("does without the hooks that an older runner lacks", async () => {
    const folder = openRunFolder();
    class Bare {
      runTask(): null {
        return null;
      }
    }
    const Made = createVitestRunner(folder.config, Bare, () => () => 7);
    const runner = new Made({});
    const file = aFile(folder);
    const task = addTask(file, "works");
    await runner.onCollected?.([file]);
    expect(runner.runTask?.(task)).toBe(7);
    await runner.onBeforeTryTask?.(task, { repeats: 0 });
    await runner.onAfterRunTask?.(task);
    await runner.onAfterRunFiles?.([file]);
    expect(folder.results()).toEqual(["works passed"]);
  });

  test("repeats a test once for each of its pairs, and tells the repeats apart by their errors", async () => {
    const { folder, runner, file, run } = open({
      mode: "mutants",
      pairs: [
        {
          file: "a.test.js",
          fullTitle: "kills",
          chunks: [
            [
              [0, "m0"],
              [1, "m1"],
            ],
          ],
        },
      ],
    });
    const kills = addTask(file, "kills", { retry: 3 });
    const other = addTask(file, "not asked for");
    await runner.onCollected?.([file]);
    expect(kills).toMatchObject({ mode: "run", repeats: 3, retry: 0 });
    expect(other.mode).toBe("skip");
    await run(kills, () => {
      const { activeMutant } = realm["__stryker__"] as { activeMutant?: string };
      if (activeMutant === "m0") throw new Error("m0 shows");
    });
    await runner.onAfterRunFiles?.([file]);
    expect(folder.results()).toEqual([
      "kills#b0 passed",
      "kills#p0 failed: m0 shows",
      "kills#p1 passed",
      "kills#c0 passed",
    ]);
  });
});

describe("the reporter of a Vitest run", () => {
  test("tells what failed outside tests, then the end, once", () => {
    const folder = openRunFolder();
    const reporter = createVitestReporter(folder.config);
    const file = aFile(folder);
    const failed = { state: "fail", errors: [new Error("no such module")] };
    Object.assign(file, { result: failed });
    addTask(file, "outer", {
      type: "suite",
      tasks: [],
      result: { state: "fail", errors: [new Error("hook")] },
    });
    addTask(file, "red", { result: { state: "fail", errors: [new Error("its own")] } });
    reporter.onTestRunEnd([{ task: file }], [new Error("escaped")]);
    reporter.onFinished([file], [new Error("escaped")]);
    const lines = folder.lines();
    expect(lines.map(({ type }) => type)).toEqual(["load-failure", "load-failure", "stray", "end"]);
    expect(lines[0]).toHaveProperty("text", expect.stringContaining("no such module"));
    expect(lines[1]).toHaveProperty("text", expect.stringContaining("hook"));
    expect(lines[2]).toHaveProperty("text", expect.stringContaining("escaped"));
  });

  test("comes to its end with nothing to tell", () => {
    const folder = openRunFolder({ mode: "mutants" });
    createVitestReporter(folder.config).onFinished();
    expect(folder.lines()).toEqual([{ type: "end" }]);
  });
});
