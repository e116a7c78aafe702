import { studentBound } from "./distributions.ts";

/** An estimate with the interval that holds the truth in 95 of 100 experiments. */
export interface Estimate {
  readonly value: number;
  readonly low: number;
  readonly high: number;
}

/** What is known of the values of one variant. */
export interface Sample {
  readonly n: number;
  readonly mean: number;
  /** Unbiased; 0 for one value. */
  readonly variance: number;
}

export const CONFIDENCE = 0.95;

export function toSample(values: readonly number[]): Sample {
  const n = values.length;
  const mean = values.reduce((sum, value) => sum + value, 0) / n;
  const squares = values.reduce((sum, value) => sum + (value - mean) ** 2, 0);
  return { n, mean, variance: n < 2 ? 0 : squares / (n - 1) };
}

/** Student's interval for a mean; needs two values. */
export function estimateMean({ n, mean, variance }: Sample): Estimate {
  return toEstimate(mean, variance / n, n - 1);
}

/**
 * Welch's interval for the difference of two means, which may have different spreads (Welch 1947); needs two
 * values each.
 */
export function estimateDifference(control: Sample, variant: Sample): Estimate {
  const [a, b] = [control.variance / control.n, variant.variance / variant.n];
  const degrees = (a + b) ** 2 / (a ** 2 / (control.n - 1) + b ** 2 / (variant.n - 1));
  return toEstimate(variant.mean - control.mean, a + b, degrees);
}

function toEstimate(value: number, squaredError: number, degrees: number): Estimate {
  // Where no value differs from another there is nothing to be uncertain about, and degrees are 0/0.
  const half = squaredError === 0 ? 0 : studentBound(CONFIDENCE, degrees) * Math.sqrt(squaredError);
  return { value, low: value - half, high: value + half };
}
