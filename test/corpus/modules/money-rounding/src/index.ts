export interface Money {
  /** Whole cents; may be negative. */
  readonly cents: number;
  /** Three capital letters. */
  readonly currency: string;
}

/** Rounds to a whole number, ties to the even neighbour. */
export function roundHalfEven(value: number): number {
  const lower = Math.floor(value);
  const fraction = value - lower;
  if (fraction < 0.5) return lower;
  if (fraction > 0.5) return lower + 1;
  return lower % 2 === 1 ? lower + 1 : lower;
}

/**
 * Shares an amount in proportion to weights; nothing is lost.
 *
 * @throws RangeError when the amount or a weight is no whole number or negative, or all weights are 0
 */
export function allocate(cents: number, weights: readonly number[]): number[] {
  const total = weights.reduce((sum, weight) => sum + weight, 0);
  const isValid = [cents, ...weights].every((one) => Number.isInteger(one) && one >= 0);
  if (!isValid || total === 0) throw new RangeError("amount and weights must be whole and positive");
  const shares = weights.map((weight) => Math.floor((cents * weight) / total));
  let left = cents - shares.reduce((sum, share) => sum + share, 0);
  for (const [index, weight] of weights.entries()) {
    if (left === 0) break;
    if (weight === 0) continue;
    shares[index]! += 1;
    left -= 1;
  }
  return shares;
}

/** The amount in another currency, rounded by roundHalfEven. */
export function convert(money: Money, rate: number, currency: string): Money {
  if (!(rate > 0)) throw new RangeError(`rate must be above 0, not ${rate}`);
  return { cents: roundHalfEven(money.cents * rate), currency };
}

/** Such as `-1,234.50 EUR`. */
export function formatMoney({ cents, currency }: Money): string {
  const absolute = Math.abs(cents);
  const units = String(Math.floor(absolute / 100)).replace(/\B(?=(\d{3})+$)/g, ",");
  const rest = String(absolute % 100).padStart(2, "0");
  return `${cents < 0 ? "-" : ""}${units}.${rest} ${currency}`;
}
