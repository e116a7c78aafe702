import { describe, expect, test } from "vitest";
import { nearestName } from "../../../src/kernel/nearest-name.ts";

describe("the nearest name", () => {
  test.each([
    ["sede", "seed"],
    ["rerun", "reruns"],
    ["rreruns", "reruns"],
    ["MAXTIME", "maxTime"],
  ])("of %s is %s", (text, name) => {
    expect(nearestName(text, ["workers", "seed", "reruns", "maxTime"])).toBe(name);
  });

  test("is the closest one, and the first of several as close", () => {
    expect(nearestName("bat", ["boat", "bat", "cat"])).toBe("bat");
    expect(nearestName("bat", ["cat", "hat"])).toBe("cat");
  });

  test.each<[string, string, boolean]>([
    ["ab", "cd", true],
    ["abc", "xyz", false],
    ["abcdefgh", "abcdefxy", true],
    ["abcdefgh", "abcdexyz", false],
    ["abcdefghi", "abcdefxyz", true],
    ["abcdefghi", "abcdewxyz", false],
  ])("of %s may be %s: %s, by a third of its length and two at least", (text, name, isNear) => {
    expect(nearestName(text, [name])).toBe(isNear ? name : null);
  });

  test("is none where there are none", () => {
    expect(nearestName("seed", [])).toBeNull();
  });

  test("looks at the first 60 characters only", () => {
    const start = "x".repeat(60);
    expect(nearestName("y".repeat(60), [start])).toBeNull();
    expect(nearestName(`${start}${"a".repeat(90)}`, [`${start}${"b".repeat(90)}`])).not.toBeNull();
    expect(nearestName(`${start}ab`, [`${start}${"b".repeat(900)}`])).not.toBeNull();
  });
});
