import { describe, expect, test } from "vitest";
import type { KillReason, ProcessExit } from "../../../../src/adapters/sandbox/boxed-process.ts";
import { toEnd } from "../../../../src/adapters/sandbox/end.ts";

const anExit = (changed: Partial<ProcessExit> = {}): ProcessExit => ({
  code: 0,
  signal: null,
  killedFor: null,
  stderr: "",
  control: Buffer.alloc(0),
  durationMs: 12,
  ...changed,
});

describe("the end of a command", () => {
  test.each<[KillReason, string]>([
    ["timed-out", "timed-out"],
    ["setup-timed-out", "timed-out"],
    ["output-exceeded", "output-exceeded"],
    ["disk-exceeded", "output-exceeded"],
    ["cancelled", "cancelled"],
    ["killed", "signalled"],
  ])("follows from what it was killed for: %s", (killedFor, kind) => {
    expect(toEnd(anExit({ killedFor, code: null, signal: "SIGKILL" }), null, false).kind).toBe(
      kind,
    );
  });

  test("is the code that the shell saw, or that of the process itself", () => {
    expect(toEnd(anExit(), 3, false)).toEqual({ kind: "exited", code: 3 });
    expect(toEnd(anExit({ code: 5 }), null, false)).toEqual({ kind: "exited", code: 5 });
    expect(toEnd(anExit(), 200, false)).toEqual({ kind: "exited", code: 200 });
  });

  test("is a signal for codes above 128", () => {
    expect(toEnd(anExit(), 139, false)).toEqual({ kind: "signalled", signal: "SIGSEGV" });
    expect(toEnd(anExit({ code: null, signal: "SIGTERM" }), null, false)).toEqual({
      kind: "signalled",
      signal: "SIGTERM",
    });
    expect(toEnd(anExit({ code: null }), null, false)).toEqual({
      kind: "signalled",
      signal: "SIGKILL",
    });
  });

  test("is memory when the kernel or V8 says so", () => {
    const fatal = "FATAL ERROR: Reached heap limit - JavaScript heap out of memory";
    expect(toEnd(anExit({ stderr: fatal }), 134, false).kind).toBe("memory-exceeded");
    expect(toEnd(anExit({ stderr: fatal }), 143, false).kind).toBe("signalled");
    expect(toEnd(anExit({ stderr: fatal }), 1, false).kind).toBe("exited");
    expect(toEnd(anExit(), 137, true).kind).toBe("memory-exceeded");
    expect(toEnd(anExit(), 1, true).kind).toBe("memory-exceeded");
    expect(toEnd(anExit(), 0, true).kind).toBe("exited");
  });
});
