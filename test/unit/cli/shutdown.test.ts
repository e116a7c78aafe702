import { EventEmitter } from "node:events";
import { describe, expect, test } from "vitest";
import { toExitCode } from "../../../src/cli/exit-codes.ts";
import { listenForSignals, type Shutdown } from "../../../src/cli/shutdown.ts";
import type { RegooseError } from "../../../src/kernel/errors.ts";
import { createFakeClock, type FakeClock } from "../../../src/testing/index.ts";

interface Bench {
  readonly clock: FakeClock;
  readonly shutdown: Shutdown;
  readonly cuts: RegooseError[];
  readonly breakBy: (name: "uncaughtException" | "unhandledRejection", thrown: unknown) => void;
  readonly send: (name: "SIGHUP" | "SIGINT" | "SIGTERM") => void;
  readonly leaves: () => number;
}

function open(): Bench {
  const clock = createFakeClock();
  const cuts: RegooseError[] = [];
  let leaves = 0;
  const signals = new EventEmitter() as unknown as NodeJS.Process & EventEmitter;
  const shutdown = listenForSignals({
    clock,
    signals,
    cut: (error) => void cuts.push(error),
    leave: () => void (leaves += 1),
  });
  return {
    clock,
    shutdown,
    cuts,
    breakBy: (name, thrown) => void signals.emit(name, thrown),
    send: (name) => void signals.emit(name, name),
    leaves: () => leaves,
  };
}

/** Lets what waits on promises go on. */
const settle = (): Promise<void> => new Promise((resolve) => setImmediate(resolve));

describe("a defect that nobody waited for", () => {
  test.each(["uncaughtException", "unhandledRejection"] as const)(
    "stops the command on %s as RGS-9001, and cuts what does not end within 10 s",
    async (name) => {
      const { clock, shutdown, cuts, breakBy } = open();
      breakBy(name, new Error("injected"));
      expect(shutdown.signal.reason).toMatchObject({
        code: "RGS-9001",
        message: expect.stringContaining("injected") as string,
        hint: expect.stringContaining("shutdown.test.ts") as string,
      });
      clock.advance(10_000);
      await settle();
      expect(cuts).toEqual([shutdown.signal.reason]);
      expect(cuts.map(toExitCode)).toEqual([1]);
    },
  );

  test("cuts a command short that is stopping already, and one that has ended", () => {
    const stopping = open();
    stopping.send("SIGTERM");
    stopping.breakBy("unhandledRejection", "no error at all");
    expect(stopping.cuts).toMatchObject([{ code: "RGS-9001" }]);
    expect(stopping.shutdown.signal.reason).toMatchObject({ code: "RGS-1300" });
    const ended = open();
    ended.shutdown[Symbol.dispose]();
    ended.breakBy("uncaughtException", new Error("late"));
    expect(ended.cuts.map(toExitCode)).toEqual([1]);
  });
});

describe("shutdown", () => {
  test.each([
    ["SIGINT", 130],
    ["SIGTERM", 143],
    ["SIGHUP", 129],
  ] as const)(
    "stops the taking of work on %s, and cuts what does not end within 25 s",
    async (name, code) => {
      const { clock, shutdown, cuts, send } = open();
      expect(shutdown.signal.aborted).toBe(false);
      send(name);
      expect(shutdown.signal.reason).toMatchObject({ code: "RGS-1300", details: { signal: name } });
      clock.advance(24_999);
      await settle();
      expect(cuts).toEqual([]);
      clock.advance(1);
      await settle();
      expect(cuts.map(toExitCode)).toEqual([code]);
      expect(cuts[0]?.message).toContain("did not stop within 25 s");
      expect(cuts[0]?.hint).toContain("regoose resume");
    },
  );

  test("cuts at once when a second signal comes", () => {
    const { clock, cuts, send } = open();
    send("SIGTERM");
    clock.advance(300);
    send("SIGINT");
    expect(cuts.map(toExitCode)).toEqual([130]);
  });

  test("takes a Ctrl-C that npm passes on a moment later for the same one", () => {
    const { clock, cuts, send } = open();
    send("SIGINT");
    clock.advance(40);
    send("SIGINT");
    expect(cuts).toEqual([]);
    clock.advance(1_000);
    send("SIGINT");
    expect(cuts).toHaveLength(1);
  });

  test("cuts nothing once the command has ended, and only leaves at a signal", async () => {
    const { clock, shutdown, cuts, send, leaves } = open();
    send("SIGINT");
    shutdown[Symbol.dispose]();
    shutdown[Symbol.dispose]();
    clock.advance(60_000);
    await settle();
    expect({ cuts, leaves: leaves() }).toEqual({ cuts: [], leaves: 0 });
    send("SIGINT");
    expect({ cuts, leaves: leaves() }).toEqual({ cuts: [], leaves: 1 });
  });
});
