import { expect, test } from "vitest";
import type { Sandbox, SandboxEnd } from "../../../src/ports/sandbox.ts";
import { runJobProcess } from "../../../src/search/job-process.ts";
import type { Job, WorkerMessage } from "../../../src/search/protocol.ts";
import { createFakeClock } from "../../../src/testing/index.ts";

const PROGRAM = { module: "a.js", usesFixture: false, statements: [] };
const HEAVY: WorkerMessage = { kind: "journal", program: PROGRAM, isHeavy: true };

interface Life {
  readonly says?: readonly WorkerMessage[];
  readonly end: SandboxEnd;
  readonly stderr?: string;
  /** Says nothing more until it is killed. */
  readonly isSilent?: boolean;
}

/** How the loss of a process with such a life is told. */
async function tellLoss({ says = [], end, stderr = "", isSilent = false }: Life): Promise<string> {
  const clock = createFakeClock();
  let kill = (): void => undefined;
  const killed = new Promise<void>((resolve) => (kill = resolve));
  const process = {
    send: () => Promise.resolve(),
    lines: (async function* () {
      for (const message of says) yield await Promise.resolve(JSON.stringify(message));
      if (isSilent) await killed;
    })(),
    ended: Promise.resolve({ end, stderr }),
    kill: () => {
      kill();
    },
    [Symbol.asyncDispose]: () => Promise.resolve(),
  };
  const sandbox = { start: () => Promise.resolve(process) } as unknown as Sandbox;
  const told = runJobProcess({ sandbox, clock, entry: "entry.js" }, {} as Job, {
    signal: new AbortController().signal,
    onMessage: () => undefined,
    timeoutMs: 60_000,
    timeZone: "UTC",
  });
  for (let tick = 0; isSilent && tick < 200; tick += 1) {
    await new Promise((resolve) => setImmediate(resolve));
    clock.advance(250);
  }
  const loss = await told;
  return loss.kind === "lost" ? loss.detail : "done";
}

const SIGNALLED = { kind: "signalled", signal: "SIGABRT" } as const;
const OUT_OF_MEMORY =
  "FATAL ERROR: Reached heap limit Allocation failed - JavaScript heap out of memory\n----- Native stack trace -----\n";

test.each<readonly [string, Life, RegExp]>([
  ["a signal", { end: SIGNALLED }, /^the process ended \(SIGABRT\)/u],
  ["an exit", { end: { kind: "exited", code: 13 } }, /^the process ended \(exit code 13\)/u],
  ["a cap", { end: { kind: "memory-exceeded" } }, /^it ran out of memory$/u],
  [
    "a full heap, however much stands behind it",
    { end: SIGNALLED, stderr: OUT_OF_MEMORY + " 1: 0xb7 node\n".repeat(60) },
    /^it ran out of memory$/u,
  ],
  ["silence", { end: SIGNALLED, isSilent: true }, /^it said nothing for too long$/u],
  [
    "silence of one that is full",
    { says: [HEAVY], end: SIGNALLED, isSilent: true },
    /^it said nothing for too long, and used more than \d+ MB of memory$/u,
  ],
])("a search process that is lost to %s is told so", async (_name, life, expected) => {
  expect(await tellLoss(life)).toMatch(expected);
});
