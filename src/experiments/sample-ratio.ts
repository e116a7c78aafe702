import { chiSquareTail } from "./distributions.ts";

/**
 * Below this a mismatch is reported. Low, because it is looked at often and a false alarm condemns an experiment
 * (Fabijan et al., Diagnosing Sample Ratio Mismatch, KDD 2019, section 3).
 */
export const MISMATCH_BELOW = 0.001;
/** The approximation by chi-square wants this many expected in each cell (Cochran 1954). */
const LEAST_EXPECTED = 5;

/** Whether units are spread over the variants as the weights say. */
export type SampleRatio =
  | {
      readonly kind: "ok" | "mismatch";
      readonly chiSquare: number;
      readonly degrees: number;
      readonly p: number;
      readonly n: number;
    }
  | { readonly kind: "too-few"; readonly n: number; readonly leastExpected: number };

/** Pearson's chi-square test of counts against expected ones, which add up to the same. */
export function checkSampleRatio(
  cells: readonly { readonly observed: number; readonly expected: number }[],
): SampleRatio {
  const n = cells.reduce((sum, { observed }) => sum + observed, 0);
  const leastExpected = Math.min(...cells.map(({ expected }) => expected));
  if (leastExpected < LEAST_EXPECTED) return { kind: "too-few", n, leastExpected };
  const chiSquare = cells.reduce(
    (sum, { observed, expected }) => sum + (observed - expected) ** 2 / expected,
    0,
  );
  const degrees = cells.length - 1;
  const p = chiSquareTail(chiSquare, degrees);
  return { kind: p < MISMATCH_BELOW ? "mismatch" : "ok", chiSquare, degrees, p, n };
}
