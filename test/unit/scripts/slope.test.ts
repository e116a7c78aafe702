import { expect, test } from "vitest";
import { fitSlope } from "../../../bench/leaks/slope.ts";

test("a level line with noise has a slope of about nothing, and is not sure of more", () => {
  const { estimate, upper } = fitSlope([10, 12, 9, 11, 10, 12, 9, 11, 10]);
  expect(Math.abs(estimate)).toBeLessThan(0.2);
  expect(upper).toBeGreaterThan(0);
});

test("a straight line gives its slope, exactly", () => {
  const { estimate, upper } = fitSlope(Array.from({ length: 50 }, (_none, index) => 5 + 3 * index));
  expect(estimate).toBeCloseTo(3, 10);
  expect(upper).toBeCloseTo(3, 10);
});

test("two points are too few", () => {
  expect(() => fitSlope([1, 2])).toThrow("three points");
});
