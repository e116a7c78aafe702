import { readdirSync, readFileSync } from "node:fs";
import fs from "node:fs/promises";
import { syncBuiltinESMExports } from "node:module";
import { join } from "node:path";
import { afterEach, describe, expect, test, vi } from "vitest";
import { generate } from "../../../src/app/generate.ts";
import type { GenerateProgress } from "../../../src/app/generate-types.ts";
import { LAYING_LIMIT_MS, STEP_RETRY } from "../../../src/app/step-limits.ts";
import { createSystemClock, type Clock } from "../../../src/kernel/clock.ts";
import { RegooseError } from "../../../src/kernel/errors.ts";
import { aProject } from "../../unit/analysis/project-builder.ts";

const FILES = {
  "package.json": {},
  "index.js": "exports.clamp = (n, low, high) => (n < low ? low : n > high ? high : n);\n",
};
// Above what a busy machine takes: nothing here is about speed.
vi.setConfig({ testTimeout: 240_000 });
const system = createSystemClock();
const { copyFile } = fs;
afterEach(() => {
  fs.copyFile = copyFile;
  syncBuiltinESMExports();
});

/** A clock on which the first limit of laying the ground is over at once; all other time is as it is. */
function aHurriedClock(): Clock {
  let hurries = 1;
  return {
    ...system,
    sleep(durationMs, signal, options) {
      const isLimit = durationMs === LAYING_LIMIT_MS && hurries-- > 0;
      return system.sleep(isLimit ? 500 : durationMs, signal, options);
    },
  };
}

/** The main job as a user would run it, with a few executions of search. */
async function run(
  root: string,
  options: {
    readonly clock?: Clock;
    readonly onProgress?: (progress: GenerateProgress) => void;
  } = {},
): ReturnType<typeof generate> {
  const flags = { sandbox: "guarded", maxExecutions: 200, reruns: 1, seed: 1 } as const;
  return await generate(
    { clock: options.clock ?? system, version: "0.0.0" },
    { targets: ["."], code: null, cwd: root, flags },
    {
      signal: new AbortController().signal,
      onProgress: options.onProgress ?? (() => undefined),
      onNotice: () => undefined,
    },
  );
}

interface Line {
  readonly name: string;
  readonly data: Readonly<Record<string, unknown>>;
}

/** What the log of the only run says of one step, and the numbers of the run. */
function readRun(root: string, step: string): { readonly lines: readonly Line[]; metrics: string } {
  const runs = join(root, ".regoose", "runs");
  const [id = ""] = readdirSync(runs);
  const read = (name: string): string => readFileSync(join(runs, id, name), "utf8");
  const lines = read("events.ndjson")
    .split("\n")
    .filter(Boolean)
    .map((line) => JSON.parse(line) as Line);
  return {
    lines: lines.filter(({ data }) => data["step"] === step),
    metrics: read("metrics.prom"),
  };
}

function expectRetried(root: string, step: string, action: string, code: string): void {
  const { lines, metrics } = readRun(root, step);
  expect(lines.map(({ name }) => name)).toEqual([
    "action-start",
    "action-fail",
    "action-start",
    "action-end",
  ]);
  expect(lines[1]!.data).toMatchObject({
    code,
    class: "transient",
    sideEffect: "none",
    attempt: 1,
  });
  expect(lines[1]!.data["retryInMs"]).toBeLessThanOrEqual(STEP_RETRY.maxMs);
  expect(lines[2]!.data).toMatchObject({ attempt: 2 });
  expect(metrics).toContain(`regoose_retries_total{action="${action}"} 1`);
}

/** A file of the project cannot be copied as long as `isBroken` says so. */
function breakCopies(fail: () => Promise<void> | null): void {
  fs.copyFile = (from, to, mode) => fail() ?? copyFile(from, to, mode);
  syncBuiltinESMExports();
}

describe("a step of generate that fails in passing is made again, and the run ends well", () => {
  test("prepare: the machine is out of descriptors for longer than a single call waits", async () => {
    const root = await aProject(FILES);
    let failures = 0;
    breakCopies(() => {
      // The policy of the call makes four attempts of its own.
      if (failures >= 4) return null;
      failures += 1;
      return Promise.reject(Object.assign(new Error("EMFILE"), { code: "EMFILE" }));
    });
    const { data } = await run(root);
    expect(data.outcome).toBe("succeeded");
    expect(data.suite.tests).toBeGreaterThan(0);
    expectRetried(root, "prepare", "prepare-project", "RGS-7504");
  });

  test("prepare: a copy that never comes back ends with the limit of the step", async () => {
    const root = await aProject(FILES);
    let hangs = 0;
    breakCopies(() => {
      hangs += 1;
      return hangs === 1 ? new Promise(() => undefined) : null;
    });
    const { data } = await run(root, { clock: aHurriedClock() });
    expect(data.outcome).toBe("succeeded");
    expectRetried(root, "prepare", "prepare-project", "RGS-1019");
  });

  test.each([
    ["baseline", "measure-baseline", "running the existing tests"],
    ["propose", "propose-tests", "searching"],
    ["admit", "admit-tests", "proving"],
  ])("%s: a process of its sandbox is lost", async (step, action, phase) => {
    const root = await aProject({
      ...FILES,
      "test/own.test.js": 'require("node:test")("own", () => require("..").clamp(1, 0, 2));\n',
    });
    let isLost = false;
    const { data } = await run(root, {
      onProgress(progress) {
        if (isLost || !progress.phase.startsWith(phase)) return;
        isLost = true;
        throw new RegooseError("RGS-7003", "the process is gone");
      },
    });
    expect(data.outcome).toBe("succeeded");
    expect(data.suite.tests).toBeGreaterThan(0);
    expectRetried(root, step, action, "RGS-7003");
  });
});

test("a step that goes on failing is given up after its attempts, with the error that it had", async () => {
  const root = await aProject(FILES);
  const failure = run(root, {
    onProgress(progress) {
      if (progress.phase.startsWith("searching"))
        throw new RegooseError("RGS-7003", "the process is gone");
    },
  });
  await expect(failure).rejects.toMatchObject({ code: "RGS-7003" });
  const { lines, metrics } = readRun(root, "propose");
  expect(lines.filter(({ name }) => name === "action-fail")).toHaveLength(STEP_RETRY.attempts);
  expect(metrics).toContain('regoose_retries_total{action="propose-tests"} 2');
});
