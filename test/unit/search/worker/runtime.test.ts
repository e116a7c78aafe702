import { afterEach, beforeEach, expect, test, vi } from "vitest";

import type { SearchRuntime } from "../../../../src/contract/search-runtime.ts";

const time = { wallMs: 0, cpuMs: 0 };

vi.mock(import("../../../../src/search/worker/private-world.ts"), async (importOriginal) => ({
  ...(await importOriginal()),
  monotonic: () => time.wallMs,
  cpuTimeMs: () => time.cpuMs,
}));

const { installRuntime } = await import("../../../../src/search/worker/runtime.ts");
const { SEARCH_RUNTIME_GLOBAL } = await import("../../../../src/contract/search-runtime.ts");

const realm = globalThis as unknown as Record<string, unknown>;
let defineProperty: typeof Object.defineProperty;

beforeEach(() => {
  Object.assign(time, { wallMs: 0, cpuMs: 0 });
  defineProperty = Object.defineProperty;
  // The real one can never be taken away again.
  vi.spyOn(Object, "defineProperty").mockImplementation((target, key, descriptor) =>
    defineProperty(target, key, { ...descriptor, configurable: true }),
  );
});

afterEach(() => {
  vi.restoreAllMocks();
  Reflect.deleteProperty(globalThis, SEARCH_RUNTIME_GLOBAL);
});

/** Burns fuel as an instrumented loop does; answers the iterations before it was stopped. */
function loop(iterations: number, perIteration: { wallMs: number; cpuMs: number }): number {
  const runtime = realm[SEARCH_RUNTIME_GLOBAL] as SearchRuntime;
  for (let done = 0; done < iterations; done += 1) {
    time.wallMs += perIteration.wallMs;
    time.cpuMs += perIteration.cpuMs;
    runtime.fuel -= 1;
    try {
      if (runtime.fuel < 0) runtime.outOfFuel();
    } catch {
      return done;
    }
  }
  return iterations;
}

test("cuts what uses its time up itself", () => {
  const control = installRuntime();
  control.refuelTimed(100_000, 300);
  expect(loop(50_000, { wallMs: 1, cpuMs: 1 })).toBeLessThan(2_000);
  expect(control.wasCut()).toBe(true);
});

test("does not cut what only had to wait for a busy machine", () => {
  const control = installRuntime();
  control.refuelTimed(100_000, 300);
  expect(loop(20_000, { wallMs: 1, cpuMs: 0.01 })).toBe(20_000);
  expect(control.wasCut()).toBe(false);
});

test("ends by fuel, whatever the time", () => {
  const control = installRuntime();
  control.refuelTimed(1_000, 300);
  // Each slice lets one step through.
  expect(loop(50_000, { wallMs: 0, cpuMs: 0 }) - 1_000).toBeLessThan(10);
  expect(control.wasCut()).toBe(false);
  expect(control.isDry()).toBe(true);
});
