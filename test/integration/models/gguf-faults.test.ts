import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { writeFile } from "node:fs/promises";
import { join } from "node:path";
import { describe, expect, onTestFinished, test } from "vitest";
import {
  createModelProcesses,
  startModelProcess,
} from "../../../src/adapters/llm/wire/gguf/model-processes.ts";
import { HAS_LLAMA } from "../../../scripts/gguf/scripted-model.ts";
import { isZombie } from "../../../src/adapters/sandbox/zombie.ts";
import { LIMITS } from "../../../src/adapters/llm/router/candidate.ts";
import type { ModelEvent } from "../../../src/ports/model.ts";
import {
  aGguf,
  aGgufRouter,
  aModelFile,
  aProcessPool,
  PIECES,
  TEXT,
  WITHOUT_LIBRARY,
} from "./gguf-bench.ts";
import { aCandidate, aFolder, aRouter, HELLO, signal } from "./router-bench.ts";
import { aMock, clock } from "./wire-bench.ts";

/** Starts real processes and remembers them. */
function aStarter(start: () => ChildProcess = startModelProcess): {
  readonly children: ChildProcess[];
  readonly start: () => ChildProcess;
} {
  const children: ChildProcess[] = [];
  return {
    children,
    start: () => {
      const child = start();
      children.push(child);
      return child;
    },
  };
}

/** A process that says the model is loaded, and then what `script` does. */
function startOther(script: string): ChildProcess {
  const loaded = `process.send({ is: "loaded", name: "other", contextTokens: 64 });`;
  const onMessage = `process.on("message", (order) => { if (order.do === "load") ${loaded} else { ${script} } });`;
  return spawn(process.execPath, ["--eval", onMessage], {
    stdio: ["ignore", "ignore", "pipe", "ipc"],
  });
}

function isRunning(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return !isZombie(pid);
  } catch {
    return false;
  }
}

/** Begins to answer, and heeds nothing from then on. */
const SPEAK = `if (order.do === "generate") process.send({ is: "text", id: order.id, text: "on and on" });`;

describe.skipIf(!HAS_LLAMA)("a model of this machine that fails", () => {
  test("is not there, or is no model: the next model is asked", async () => {
    const missing = join(await aFolder(), "missing.gguf");
    const damaged = join(await aFolder(), "damaged.gguf");
    await writeFile(damaged, "GGUF, it says, and nothing more");
    const mock = await aMock({ answers: [{ text: "from the other one" }] });
    const processes = aProcessPool();

    for (const path of [missing, damaged]) {
      const alone = aGgufRouter(path, { processes });
      await expect(alone.generate(HELLO, { signal })).rejects.toMatchObject({ code: "RGS-4005" });
    }
    const router = aRouter([aGguf(missing), aCandidate(mock, "openai")], { deps: { processes } });

    const answer = await router.generate(HELLO, { signal });

    expect(answer.text).toBe("from the other one");
    expect(answer.attempts.map(({ failure }) => failure?.code ?? null)).toEqual(["RGS-4005", null]);
  });

  test("has no library to run it: the error says how to install it", async () => {
    const processes = aProcessPool(() => startModelProcess(...WITHOUT_LIBRARY));
    const router = aGgufRouter(await aModelFile(), { processes });

    await expect(router.generate(HELLO, { signal })).rejects.toMatchObject({
      code: "RGS-4022",
      message: expect.stringContaining("not installed") as string,
      hint: expect.stringContaining("npm install node-llama-cpp") as string,
    });
  });

  test("crashes in mid-answer: a classified error, and a new process answers again", async () => {
    const { children, start } = aStarter();
    const processes = aProcessPool(start);
    const router = aGgufRouter(await aModelFile({ then: "again" }), { processes });
    const events: ModelEvent[] = [];
    const parameters = { maxOutputTokens: PIECES.length };

    const answer = await router.generate(
      { ...HELLO, parameters },
      {
        signal,
        onEvent: (event) => {
          events.push(event);
          if (event.name === "text-delta" && children.length === 1) children[0]?.kill("SIGSEGV");
        },
      },
    );

    expect(answer.text).toBe(TEXT);
    expect(children).toHaveLength(2);
    expect(events.filter(({ name }) => name === "text-reset")).toHaveLength(1);
    expect(answer.attempts).toMatchObject([
      {
        failure: {
          code: "RGS-4008",
          message: expect.stringContaining("killed by SIGSEGV") as string,
        },
      },
      { failure: null },
    ]);
  });

  test("heeds no abort: its process is killed, and another one is asked", async () => {
    const { children, start } = aStarter(() => startOther(SPEAK));
    const router = aGgufRouter(await aModelFile(), { processes: aProcessPool(start) });
    const stop = new AbortController();
    const reason = new Error("not needed any more");
    const given = router.generate(HELLO, {
      signal: stop.signal,
      onEvent: ({ name }) => {
        if (name === "text-delta") stop.abort(reason);
      },
    });

    await expect(given).rejects.toBe(reason);
    const [child] = children;
    if (child === undefined) return;
    if (child.exitCode === null && child.signalCode === null) await once(child, "exit");
    expect(child.signalCode).toBe("SIGKILL");
  });

  test("says nothing for too long: the limit on the first token ends it", async () => {
    const processes = aProcessPool(() => startOther(""));
    const limits = { ...LIMITS, firstTokenMs: 200, totalMs: 2_000 };
    const mock = await aMock({ answers: [{ text: "from the other one" }] });
    const router = aRouter([aGguf(await aModelFile(), { limits }), aCandidate(mock, "openai")], {
      deps: { processes },
    });

    const answer = await router.generate(HELLO, { signal });

    expect(answer.text).toBe("from the other one");
    expect(answer.attempts[0]?.failure?.code).toBe("RGS-4009");
  });

  test("does not come to its end of loading: the limit on the request ends it", async () => {
    const never = `setInterval(() => {}, 1000)`;
    const processes = aProcessPool(() =>
      spawn(process.execPath, ["--eval", never], { stdio: ["ignore", "ignore", "pipe", "ipc"] }),
    );
    const limits = { ...LIMITS, totalMs: 200 };
    const mock = await aMock({ answers: [{ text: "from the other one" }] });
    const router = aRouter([aGguf(await aModelFile(), { limits }), aCandidate(mock, "openai")], {
      deps: { processes },
    });

    const { attempts } = await router.generate(HELLO, { signal });

    expect(attempts[0]?.failure).toMatchObject({
      code: "RGS-4009",
      message: expect.stringContaining("was not loaded within") as string,
    });
  });

  test("is gone with its owner, in whatever state it is", async () => {
    const { children, start } = aStarter();
    const processes = createModelProcesses({ clock, start });
    const path = await aModelFile({ then: "again" });
    const router = aGgufRouter(path, { processes });
    const first = Promise.withResolvers<undefined>();
    const asked = router.generate(HELLO, {
      signal,
      onEvent: ({ name }) => {
        if (name === "text-delta") first.resolve(undefined);
      },
    });
    const failed = expect(asked).rejects.toMatchObject({ code: "RGS-1300" });
    await first.promise;

    await processes[Symbol.asyncDispose]();

    expect(children.map(({ signalCode }) => signalCode)).toEqual(["SIGKILL"]);
    await failed;
    await processes[Symbol.asyncDispose]();
  });

  test("is gone with an owner that is killed in mid-answer", async () => {
    const path = await aModelFile({ then: "again", contextTokens: 100_000 });
    const owner = spawn(process.execPath, [join(import.meta.dirname, "gguf-owner-main.ts"), path], {
      stdio: ["ignore", "pipe", "inherit"],
    });
    onTestFinished(() => void owner.kill("SIGKILL"));
    const [said] = (await once(owner.stdout, "data")) as [Buffer];
    const pid = Number(String(said));
    expect(isRunning(pid)).toBe(true);

    owner.kill("SIGKILL");

    await expect.poll(() => isRunning(pid), { timeout: 20_000 }).toBe(false);
  });

  test("is not loaded for what it cannot do", async () => {
    const { children, start } = aStarter();
    const router = aGgufRouter(await aModelFile(), { processes: aProcessPool(start) });
    const tools = [{ name: "look", description: "looks", inputSchema: { type: "object" } }];

    await expect(router.generate({ ...HELLO, tools }, { signal })).rejects.toMatchObject({
      code: "RGS-4018",
    });
    expect(children).toEqual([]);
  });
});
