import { describe, expect, test } from "vitest";
import { parseLogLevels } from "../../../src/telemetry/logs/levels.ts";

describe("log levels", () => {
  test("are info for all when nothing is said", () => {
    const { levels, problems } = parseLogLevels("");
    expect(new Set(Object.values(levels))).toEqual(new Set(["info"]));
    expect(problems).toEqual([]);
  });

  test("differ by component", () => {
    const { levels } = parseLogLevels("search=debug, warn ,gate=silent");
    expect(levels).toMatchObject({ search: "debug", gate: "silent", run: "warn", engine: "warn" });
  });

  test.each(["loud", "search=loud", "nobody=debug", "=", "search="])(
    "that are not understood are left out and named: %s",
    (text) => {
      const { levels, problems } = parseLogLevels(`error,${text}`);
      expect(levels.search).toBe("error");
      expect(problems).toHaveLength(1);
      expect(problems[0]).toContain(text);
    },
  );
});
