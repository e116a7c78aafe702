import { describe, expect, test } from "vitest";
import { formatDuration, parseDuration } from "../../../src/config/duration.ts";
import { RegooseError } from "../../../src/kernel/errors.ts";

describe("durations", () => {
  test.each([
    ["60s", 60_000],
    ["2m", 120_000],
    ["500ms", 500],
    ["90", 90_000],
    ["1.5s", 1_500],
    ["1m30s", 90_000],
    [" 2 min ", 120_000],
    ["1H", 3_600_000],
  ])("reads %s", (text, milliseconds) => {
    expect(parseDuration(text)).toBe(milliseconds);
  });

  test.each(["", "soon", "-5s", "0", "1d", "10s5", "1e9h", "999h", "s", "5 s x"])(
    "refuses %j",
    (text) => {
      expect(() => parseDuration(text)).toThrow(RegooseError);
      expect(() => parseDuration(text)).toThrow(
        expect.objectContaining({ code: "RGS-2003", errorClass: "configuration" }),
      );
    },
  );

  test.each([500, 1_000, 60_000, 90_000, 120_000, 3_600_000])(
    "writes %i so that it reads back",
    (ms) => {
      expect(parseDuration(formatDuration(ms))).toBe(ms);
    },
  );

  test("writes the usual forms", () => {
    expect([60_000, 120_000, 1_500, 7_200_000].map(formatDuration)).toEqual([
      "60s",
      "2m",
      "1500ms",
      "2h",
    ]);
  });
});
