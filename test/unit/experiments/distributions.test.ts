import { describe, expect, test } from "vitest";
import {
  chiSquareTail,
  studentBound,
  studentTail,
} from "../../../src/experiments/distributions.ts";

// Critical values of NIST/SEMATECH e-Handbook of Statistical Methods, 1.3.6.7.
describe("chi-square", () => {
  test.each([
    [3.841, 1, 0.05],
    [6.635, 1, 0.01],
    [10.828, 1, 0.001],
    [5.991, 2, 0.05],
    [13.816, 2, 0.001],
    [18.307, 10, 0.05],
    [29.588, 10, 0.001],
    [124.342, 100, 0.05],
  ])("has beyond %d, with %d degrees of freedom, the tail %d", (x, degrees, tail) => {
    expect(chiSquareTail(x, degrees) / tail).toBeCloseTo(1, 2);
  });

  test("has all of itself beyond 0, and e^(-x/2) with two degrees", () => {
    expect(chiSquareTail(0, 3)).toBe(1);
    for (const x of [0.1, 1, 5, 40]) expect(chiSquareTail(x, 2)).toBeCloseTo(Math.exp(-x / 2), 12);
  });
});

describe("Student's t", () => {
  test.each([
    [1, 12.706],
    [2, 4.303],
    [5, 2.571],
    [10, 2.228],
    [30, 2.042],
    [100, 1.984],
    [1_000_000, 1.96],
  ])("with %d degrees of freedom holds 95 % within %d", (degrees, bound) => {
    expect(studentBound(0.95, degrees)).toBeCloseTo(bound, 2);
    expect(studentTail(bound, degrees)).toBeCloseTo(0.05, 3);
  });

  test("is Cauchy's distribution with one degree", () => {
    for (const t of [0.2, 1, 3, 50])
      expect(studentTail(t, 1)).toBeCloseTo(1 - (2 / Math.PI) * Math.atan(t), 12);
  });
});
