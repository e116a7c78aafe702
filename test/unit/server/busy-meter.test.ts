import { expect, test } from "vitest";
import { createBusyMeter } from "../../../src/server/busy-meter.ts";
import { createFakeClock } from "../../../src/testing/fake-clock.ts";

test("the share of places that were taken is that of the last minute", () => {
  const clock = createFakeClock();
  const meter = createBusyMeter(clock);
  expect(meter.share(2)).toBe(0);
  clock.advance(30_000);
  meter.begin("a");
  clock.advance(30_000);
  expect(meter.share(2)).toBeCloseTo(0.25);
  expect(meter.share(1)).toBeCloseTo(0.5);
  meter.end("a");
  meter.end("a");
  meter.begin("a");
  clock.advance(60_000);
  expect(meter.share(1)).toBe(1);
  meter.begin("b");
  clock.advance(60_000);
  // Fewer places than runs that go on: a change of the configuration.
  expect(meter.share(1)).toBe(1);
  meter.end("a");
  meter.end("b");
  clock.advance(45_000);
  expect(meter.share(2)).toBeCloseTo(0.25);
  clock.advance(60_000);
  expect(meter.share(2)).toBe(0);
});
