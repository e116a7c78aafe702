import { describe, expect, test } from "vitest";
import type { Sandbox, SandboxBackend, SandboxEnd } from "../../../src/ports/sandbox.ts";
import type { OpenSpan, Span, Telemetry } from "../../../src/ports/telemetry.ts";
import { NO_TELEMETRY } from "../../../src/ports/telemetry.ts";
import type { TestRunner, TestRunRequest } from "../../../src/ports/runner.ts";
import { createFakeClock } from "../../../src/testing/fake-clock.ts";
import { observeRunner } from "../../../src/telemetry/observe-runner.ts";
import { observeSandboxes } from "../../../src/telemetry/observe-sandboxes.ts";

const signal = new AbortController().signal;
const COMMAND = { argv: ["node"], env: {}, timeoutMs: 1, collect: [], collectBytes: 0 };

/** Writes down what it is told, one line each. */
function aWitness(): { readonly telemetry: Telemetry; readonly told: string[] } {
  const told: string[] = [];
  const span = (name: string): OpenSpan => ({
    traceparent: null,
    event: () => undefined,
    set: (attributes) => void told.push(`${name} ${JSON.stringify(attributes)}`),
    fail: (failure) => void told.push(`${name} fails: ${String(failure)}`),
    end: () => void told.push(`${name} ends`),
  });
  const telemetry: Telemetry = {
    ...NO_TELEMETRY,
    span: <T>(name: string, _attributes: object, work: (one: Span) => Promise<T>) =>
      work(span(name)),
    start: (name) => span(name),
    count: (metric, labels) => void told.push(`${metric} ${JSON.stringify(labels)}`),
    shift: (metric, _labels, by) => void told.push(`${metric} ${by}`),
  };
  return { telemetry, told };
}

function aBackend(end: SandboxEnd | Error, environments: object[] = []): SandboxBackend {
  const result = end instanceof Error ? Promise.reject(end) : Promise.resolve({ end, stderr: "" });
  result.catch(() => undefined);
  const sandbox: Sandbox = {
    level: "namespace",
    backend: "bubblewrap",
    pathOf: (name) => `/${name}`,
    run: async ({ env }) => {
      environments.push(env);
      return { ...(await result), stdout: "", files: new Map(), durationMs: 1, pid: 42 };
    },
    start: () =>
      Promise.resolve({
        pid: 43,
        send: () => Promise.resolve(),
        lines: (async function* lines() {})(),
        ended: result,
        kill: () => undefined,
        [Symbol.asyncDispose]: () => Promise.resolve(),
      }),
    [Symbol.asyncDispose]: () => Promise.resolve(),
  };
  return {
    name: "bubblewrap",
    level: "namespace",
    probe: () => Promise.reject(new Error("unused")),
    sweep: () => Promise.resolve([]),
    create: () => Promise.resolve(sandbox),
  };
}

const SPEC = {
  layers: [],
  dependencies: [],
  mounts: [],
  limits: {
    memoryBytes: 1,
    totalMemoryBytes: 1,
    processes: 1,
    fileBytes: 1,
    workBytes: 1,
    outputBytes: 1,
  },
};

describe("observed sandboxes", () => {
  test("have a span for each process, with its id and how it ended", async () => {
    const { telemetry, told } = aWitness();
    const environments: object[] = [];
    const observed = observeSandboxes(
      { telemetry, clock: createFakeClock() },
      aBackend({ kind: "exited", code: 3 }, environments),
    );
    const sandbox = await observed.create(SPEC);
    await sandbox.run(COMMAND, { signal });
    const process = await sandbox.start(COMMAND, { signal });
    await process.ended;
    await sandbox[Symbol.asyncDispose]();
    await sandbox[Symbol.asyncDispose]();
    for (const pid of [42, 43]) {
      expect(told).toContain(`sandbox.process {"process.pid":${pid}}`);
    }
    expect(told.filter((line) => line === 'sandbox.process {"process.exit.code":3}')).toHaveLength(
      2,
    );
    expect(told.filter((line) => line === "sandbox.process ends")).toHaveLength(2);
    expect(told.filter((line) => line.startsWith("regoose_sandboxes"))).toEqual([
      'regoose_sandboxes_total {"backend":"bubblewrap","event":"created"}',
      "regoose_sandboxes_active 1",
      'regoose_sandboxes_total {"backend":"bubblewrap","event":"disposed"}',
      "regoose_sandboxes_active -1",
    ]);
    // The target would see it, and another in each run.
    expect(environments).toEqual([{}]);
  });

  test("say when a process could not be started", async () => {
    const { telemetry, told } = aWitness();
    const deps = { telemetry, clock: createFakeClock() };
    const sandbox = await observeSandboxes(deps, aBackend(new Error("no box"))).create(SPEC);
    await expect(sandbox.run(COMMAND, { signal })).rejects.toThrow("no box");
    expect(told).toContain("sandbox.process fails: Error: no box");
    expect(told).toContain(
      'regoose_sandbox_processes_total {"backend":"bubblewrap","end":"failed"}',
    );
  });

  test("say when none could be made", async () => {
    const { telemetry, told } = aWitness();
    const backend = { ...aBackend({ kind: "cancelled" }) };
    backend.create = () => Promise.reject(new Error("no room"));
    const deps = { telemetry, clock: createFakeClock() };
    await expect(observeSandboxes(deps, backend).create(SPEC)).rejects.toThrow("no room");
    expect(told).toEqual(['regoose_sandboxes_total {"backend":"bubblewrap","event":"failed"}']);
  });
});

describe("an observed runner", () => {
  const REQUEST: TestRunRequest = {
    testFiles: {},
    run: ["a.test.js"],
    overlay: {},
    mode: { kind: "coverage" },
    timeZone: "UTC",
    clockShiftMs: 0,
    timeoutMs: 5,
  };
  const run = async (answer: TestRunner["run"]): Promise<readonly string[]> => {
    const { telemetry, told } = aWitness();
    const runner = observeRunner({ runner: "jest", run: answer }, telemetry);
    await runner.run(REQUEST, { signal }).catch(() => undefined);
    return told;
  };

  test("counts its runs by how they end", async () => {
    const told = await run(() =>
      Promise.resolve({
        end: { kind: "broken", detail: "nothing ran" },
        tests: [],
        strayErrors: [],
        coverage: null,
        perTest: null,
        mutantsByTest: null,
        mutantsAtLoad: null,
        pairs: [],
        durationMs: 1,
        output: "",
      }),
    );
    expect(told).toContain(
      'regoose_test_runs_total {"runner":"jest","mode":"coverage","end":"broken"}',
    );
  });

  test("counts those that throw, too", async () => {
    const told = await run(() => Promise.reject(new Error("no sandbox")));
    expect(told).toEqual([
      'regoose_test_runs_total {"runner":"jest","mode":"coverage","end":"failed"}',
    ]);
  });
});
