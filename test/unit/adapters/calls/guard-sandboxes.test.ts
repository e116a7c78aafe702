import { describe, expect, test } from "vitest";
import { guardSandboxes } from "../../../../src/adapters/calls/guard-sandboxes.ts";
import type { Sandbox, SandboxBackend, SandboxSpec } from "../../../../src/ports/sandbox.ts";
import { anError, BUSY, openCallBench, type CallBench } from "./call-bench.ts";

const COMMAND = { argv: ["node"], env: {}, timeoutMs: 1_000, collect: [], collectBytes: 0 };
const NEVER = { signal: new AbortController().signal };
const RESULT = {
  end: { kind: "exited", code: 0 },
  stdout: "",
  stderr: "",
  files: new Map(),
  durationMs: 1,
} as const;

/** A backend that fails in one of its calls as often as there are failures left. */
function guard(
  bench: CallBench,
  failures: Partial<Record<"create" | "run" | "start", Error[]>>,
): { readonly backend: SandboxBackend; readonly made: string[] } {
  const made: string[] = [];
  const make = <T>(what: "create" | "run" | "start", result: T): Promise<T> => {
    made.push(what);
    const failure = failures[what]?.shift();
    return failure === undefined ? Promise.resolve(result) : Promise.reject(failure);
  };
  const sandbox: Sandbox = {
    level: "guarded",
    backend: "fake",
    pathOf: (name) => `/${name}`,
    run: () => make("run", RESULT),
    start: () => make("start", { kill: () => undefined } as Awaited<ReturnType<Sandbox["start"]>>),
    [Symbol.asyncDispose]: () => make("create", undefined),
  };
  const backend: SandboxBackend = {
    name: "fake",
    level: "guarded",
    probe: () => Promise.reject(new Error("not used")),
    create: () => make("create", sandbox),
    sweep: () => Promise.resolve(["swept"]),
  };
  return { backend: guardSandboxes({ clock: bench.clock, call: bench.call }, backend), made };
}

describe("guarded sandboxes", () => {
  test("are made, and start commands, also where the machine is busy for a moment", async () => {
    const bench = openCallBench();
    const { backend, made } = guard(bench, { create: [BUSY], run: [BUSY, BUSY], start: [BUSY] });
    const { value: sandbox } = await bench.settle(backend.create({} as SandboxSpec));
    expect([sandbox?.level, sandbox?.backend, sandbox?.pathOf("work")]).toEqual([
      "guarded",
      "fake",
      "/work",
    ]);
    expect((await bench.settle(sandbox!.run(COMMAND, NEVER))).value).toBe(RESULT);
    expect((await bench.settle(sandbox!.start(COMMAND, NEVER))).value).toHaveProperty("kill");
    expect(made).toEqual(["create", "create", "run", "run", "run", "start", "start"]);
    expect(await backend.sweep()).toEqual(["swept"]);
  });

  test("are not asked again where set-up fails for good, or for a cancelled command", async () => {
    const bench = openCallBench();
    const failure = anError("RGS-7002");
    const { backend, made } = guard(bench, { run: [failure] });
    const sandbox = await backend.create({} as SandboxSpec);
    expect((await bench.settle(sandbox.run(COMMAND, NEVER))).error).toBe(failure);
    const stopped = { signal: AbortSignal.abort(new Error("stop")) };
    await expect(sandbox.run(COMMAND, stopped)).rejects.toThrow("stop");
    expect(made).toEqual(["create", "run"]);
  });
});
