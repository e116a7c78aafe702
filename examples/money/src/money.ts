import type { CurrencyCode } from "./currency.ts";

/** Thrown when two amounts of different currencies meet in one operation. */
export class CurrencyMismatch extends Error {
  constructor(left: CurrencyCode, right: CurrencyCode) {
    super(`cannot combine ${left} with ${right}`);
    this.name = "CurrencyMismatch";
  }
}

/** An exact amount, counted in minor units: `new Money(1250, "EUR")` is €12.50. */
export class Money {
  readonly minor: number;
  readonly currency: CurrencyCode;

  /** @throws {RangeError} when `minor` is no safe integer */
  constructor(minor: number, currency: CurrencyCode) {
    if (!Number.isSafeInteger(minor))
      throw new RangeError(`${minor} is no whole number of minor units`);
    // Negative zero would print and compare differently from zero.
    this.minor = minor === 0 ? 0 : minor;
    this.currency = currency;
  }

  /**
   * @throws {CurrencyMismatch} when the currencies differ
   * @throws {RangeError} when the sum is too large to be exact
   */
  add(other: Money): Money {
    this.#check(other);
    return new Money(this.minor + other.minor, this.currency);
  }

  /**
   * @throws {CurrencyMismatch} when the currencies differ
   * @throws {RangeError} when the difference is too large to be exact
   */
  subtract(other: Money): Money {
    this.#check(other);
    return new Money(this.minor - other.minor, this.currency);
  }

  /**
   * Multiplies and rounds half away from zero.
   *
   * @throws {RangeError} when the product is not finite or too large to be exact
   */
  multiply(factor: number): Money {
    const product = this.minor * factor;
    return new Money(Math.sign(product) * Math.round(Math.abs(product)), this.currency);
  }

  /**
   * Negative, zero or positive, as `Array.prototype.sort` wants it.
   *
   * @throws {CurrencyMismatch} when the currencies differ
   */
  compare(other: Money): number {
    this.#check(other);
    return this.minor - other.minor;
  }

  equals(other: Money): boolean {
    return this.currency === other.currency && this.minor === other.minor;
  }

  isNegative(): boolean {
    return this.minor < 0;
  }

  /**
   * Splits the amount by weight without losing a cent: what rounding leaves over goes to the first
   * parts, one minor unit each.
   *
   * @throws {RangeError} when a weight is negative or too large, or when they add up to zero
   * @example
   * new Money(100, "EUR").allocate([1, 1, 1]); // 34, 33 and 33 cents
   */
  allocate(weights: readonly number[]): Money[] {
    const total = weights.reduce((all, weight) => all + weight, 0);
    if (!(total > 0 && total <= 1e12) || weights.some((weight) => weight < 0)) {
      throw new RangeError("weights must be positive, and add up to at most a trillion");
    }
    const shares = weights.map((weight) => Math.trunc((this.minor * weight) / total));
    let rest = this.minor - shares.reduce((all, share) => all + share, 0);
    const step = Math.sign(rest);
    for (let index = 0; rest !== 0; index = (index + 1) % shares.length) {
      if (weights[index] === 0) continue;
      shares[index]! += step;
      rest -= step;
    }
    return shares.map((share) => new Money(share, this.currency));
  }

  toJSON(): { minor: number; currency: CurrencyCode } {
    return { minor: this.minor, currency: this.currency };
  }

  #check(other: Money): void {
    if (this.currency !== other.currency) throw new CurrencyMismatch(this.currency, other.currency);
  }
}

/**
 * Adds up a list of amounts.
 *
 * @throws {CurrencyMismatch} when the currencies differ
 * @throws {RangeError} when the sum is too large to be exact
 */
export function sum(amounts: readonly Money[]): Money {
  return amounts.reduce((total, amount) => total.add(amount));
}
