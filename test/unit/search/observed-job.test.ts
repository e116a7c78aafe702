import { describe, expect, test } from "vitest";
import type { Sandbox } from "../../../src/ports/sandbox.ts";
import { NO_TELEMETRY, type Telemetry } from "../../../src/ports/telemetry.ts";
import { runObservedJob } from "../../../src/search/observed-job.ts";
import type { Job, WorkerMessage } from "../../../src/search/protocol.ts";
import { createFakeClock } from "../../../src/testing/index.ts";

const READY: WorkerMessage = { kind: "ready" };
const ITEMS: WorkerMessage = { kind: "items", items: [] };

/** The log lines of a search process that says this and is killed then. */
async function observe(said: readonly WorkerMessage[]): Promise<readonly string[]> {
  const lines: string[] = [];
  const write = (level: string) => (message: string) => {
    lines.push(`${level} ${message}`);
  };
  const logger = {
    ...{ debug: write("debug"), info: write("info"), warn: write("warn"), error: write("error") },
  };
  const telemetry: Telemetry = { ...NO_TELEMETRY, logger: () => logger };
  const process = {
    send: () => Promise.resolve(),
    lines: (async function* () {
      for (const message of said) yield await Promise.resolve(JSON.stringify(message));
    })(),
    ended: Promise.resolve({ end: { kind: "signalled", signal: "SIGKILL" }, stderr: "" }),
    kill: () => undefined,
    [Symbol.asyncDispose]: () => Promise.resolve(),
  };
  const sandbox = { start: () => Promise.resolve(process) } as unknown as Sandbox;
  const job = { kind: "record", modules: [], limit: { kind: "executions" } } as unknown as Job;
  await runObservedJob(telemetry, { sandbox, clock: createFakeClock(), entry: "entry.js" }, job, {
    build: "plain",
    signal: new AbortController().signal,
    onMessage: () => undefined,
    timeoutMs: 60_000,
    timeZone: "UTC",
  });
  return lines;
}

const USEFUL = "debug a search process has executed programs";
const LOST = "warn a search process was lost";

describe("the log of a search process", () => {
  test("says once that programs have been executed, before it says that the process was lost", async () => {
    const lines = await observe([READY, ITEMS, { kind: "beat", executions: 3 }]);
    expect(lines).toEqual([USEFUL, LOST]);
  });

  test("says so at the first beat that counts executions", async () => {
    const lines = await observe([READY, { kind: "beat", executions: 1 }]);
    expect(lines).toEqual([USEFUL, LOST]);
  });

  test("says nothing of a process that was lost before it had executed anything", async () => {
    expect(await observe([READY, { kind: "beat", executions: 0 }])).toEqual([LOST]);
  });
});
