import { PassThrough } from "node:stream";
import { describe, expect, test } from "vitest";
import type {
  BoxedProcess,
  KillReason,
  ProcessExit,
} from "../../../../src/adapters/sandbox/boxed-process.ts";
import {
  CommandSandbox,
  type SandboxEngine,
} from "../../../../src/adapters/sandbox/command-sandbox.ts";
import { toEnd } from "../../../../src/adapters/sandbox/end.ts";
import { DisposeStack } from "../../../../src/kernel/dispose.ts";

const COMMAND = { argv: ["node"], env: {}, timeoutMs: 1_000, collect: [], collectBytes: 0 };
const NEVER = { signal: new AbortController().signal };

interface FakeEngine extends SandboxEngine {
  readonly processes: FakeProcess[];
  readonly released: string[];
  readonly events: string[];
  /** Held back, `open` waits. */
  gate: Promise<void>;
  /** Why no process can be started, or null. */
  refusal: Error | null;
}

class FakeProcess implements BoxedProcess {
  pid = 1;
  readonly stdin: PassThrough = new PassThrough();
  readonly stdout: PassThrough = new PassThrough();
  readonly exit: Promise<ProcessExit>;
  readonly #end: (exit: ProcessExit) => void;
  readonly #fail: (failure: Error) => void;
  readonly #listeners: (() => void)[] = [];

  constructor() {
    const { promise, resolve, reject } = Promise.withResolvers<ProcessExit>();
    this.exit = promise;
    this.#end = resolve;
    this.#fail = reject;
  }

  /** As a process that the system would not start. */
  refuse(failure: Error): void {
    this.pid = -1;
    this.#fail(failure);
  }

  finish(changed: Partial<ProcessExit> = {}): void {
    for (const listener of this.#listeners) listener();
    this.stdout.end();
    this.stdin.destroy();
    const exit = { code: 0, signal: null, killedFor: null, stderr: "in", durationMs: 5 };
    this.#end({ ...exit, control: Buffer.alloc(0), ...changed });
  }

  kill(killedFor: KillReason): void {
    this.finish({ code: null, signal: "SIGKILL", killedFor });
  }

  setTimer(): void {
    // The engine's business.
  }

  onControl(): void {
    // The engine's business.
  }

  onExit(listener: () => void): void {
    this.#listeners.push(listener);
  }
}

function createFakeEngine(): FakeEngine {
  const processes: FakeProcess[] = [];
  const released: string[] = [];
  const events: string[] = [];
  const engine: FakeEngine = {
    processes,
    released,
    events,
    gate: Promise.resolve(),
    refusal: null,
    level: "guarded",
    backend: "fake",
    outputBytes: 16,
    pathOf: (name) => `/${name}`,
    async open() {
      await engine.gate;
      const process = new FakeProcess();
      processes.push(process);
      if (engine.refusal !== null) process.refuse(engine.refusal);
      const resources = new DisposeStack();
      resources.defer(() => {
        released.push("resources");
        throw new Error("could not be removed");
      });
      return {
        process,
        resources,
        toInside: (text) => text.replaceAll("out", "in"),
        toOutside: (text) => text.replaceAll("in", "out"),
        settle: (exit) => ({ end: toEnd(exit, null, false), files: new Map() }),
      };
    },
    close() {
      events.push("closed");
      return Promise.resolve();
    },
  };
  return engine;
}

const turn = (): Promise<void> => new Promise(setImmediate);

describe("a sandbox over an engine", () => {
  test("rewrites text on its way in and out, and releases even what cannot be removed", async () => {
    const engine = createFakeEngine();
    const sandbox = new CommandSandbox(engine);
    const running = sandbox.run({ ...COMMAND, stdin: "out" }, NEVER);
    await turn();
    const [process] = engine.processes;
    expect((process?.stdin.read() as Buffer).toString()).toBe("in");
    process?.stdout.write("in");
    await turn();
    process?.finish();
    expect(await running).toMatchObject({ stdout: "out", stderr: "out", durationMs: 5 });
    expect(engine.released).toEqual(["resources"]);
    expect(sandbox.pathOf("work")).toBe("/work");
  });

  test("kills what prints past the cap", async () => {
    const engine = createFakeEngine();
    const running = new CommandSandbox(engine).run(COMMAND, NEVER);
    await turn();
    engine.processes[0]?.stdout.write("x".repeat(17));
    expect(await running).toMatchObject({
      end: { kind: "output-exceeded" },
      stdout: "x".repeat(16),
    });
  });

  test("cancels what is aborted while it starts", async () => {
    const engine = createFakeEngine();
    const cancel = new AbortController();
    const running = new CommandSandbox(engine).run(COMMAND, { signal: cancel.signal });
    cancel.abort();
    expect((await running).end.kind).toBe("cancelled");
  });

  test("disposal waits for a command that is still starting, and kills it", async () => {
    const engine = createFakeEngine();
    let open = (): void => undefined;
    engine.gate = new Promise((resolve) => {
      open = resolve;
    });
    const sandbox = new CommandSandbox(engine);
    const running = sandbox.run(COMMAND, NEVER);
    const disposing = sandbox[Symbol.asyncDispose]();
    await turn();
    expect(engine.events).toEqual([]);
    open();
    await disposing;
    expect((await running).end.kind).toBe("cancelled");
    expect(engine.events).toEqual(["closed"]);
    await expect(sandbox.start(COMMAND, NEVER)).rejects.toMatchObject({ code: "RGS-7002" });
  });

  test("disposal is not held up by a command that failed to start", async () => {
    const engine = createFakeEngine();
    engine.gate = Promise.reject(new Error("no room"));
    const sandbox = new CommandSandbox(engine);
    await expect(sandbox.run(COMMAND, NEVER)).rejects.toThrow("no room");
    await sandbox[Symbol.asyncDispose]();
    expect(engine.events).toEqual(["closed"]);
  });

  test("a process that could not be started is no process, and nothing of it stays", async () => {
    const engine = createFakeEngine();
    engine.refusal = new Error("spawn EAGAIN");
    const sandbox = new CommandSandbox(engine);
    await expect(sandbox.start(COMMAND, NEVER)).rejects.toThrow("spawn EAGAIN");
    await expect(sandbox.run(COMMAND, NEVER)).rejects.toThrow("spawn EAGAIN");
    expect(engine.released).toEqual(["resources", "resources"]);
    await sandbox[Symbol.asyncDispose]();
  });

  test("a line that cannot be handed over any more is refused", async () => {
    const engine = createFakeEngine();
    const process = await new CommandSandbox(engine).start({ ...COMMAND, stdin: "out" }, NEVER);
    expect((engine.processes[0]?.stdin.read() as Buffer).toString()).toBe("in");
    await process.send("out");
    expect((engine.processes[0]?.stdin.read() as Buffer).toString()).toBe("in\n");
    engine.processes[0]?.finish({ code: 1 });
    await expect(process.send("late")).rejects.toMatchObject({ code: "RGS-7003" });
    expect(await process.ended).toEqual({ end: { kind: "exited", code: 1 }, stderr: "out" });
  });
});
